// SPDX-License-Identifier: MIT
// A program that uses its heap from several threads, then answers with the errno of reading its argument. Linked with
// one allocator or another; the constructor of the shim asks that allocator for memory before it is initialised.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

int main(int count, char** arguments) {
  std::vector<std::thread> threads;
  std::vector<std::size_t> sums(4);
  for (std::size_t at = 0; at < sums.size(); ++at)
    threads.emplace_back([&sums, at] {
      std::vector<std::string> words;
      for (std::size_t i = 0; i < 5000; ++i) words.emplace_back(i % 300, 'x');
      for (const std::string& word : words) sums[at] += word.size();
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::size_t sum : sums)
    if (sum != sums[0]) return 201;
  const int fd = open(count > 1 ? arguments[1] : "", O_RDONLY | O_CLOEXEC);
  const int answer = fd < 0 ? errno : 0;
  if (fd >= 0) close(fd);
  std::printf("main\nread %d\n", answer);
  return 0;
}
