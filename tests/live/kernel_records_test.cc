// SPDX-License-Identifier: MIT
// A followed run and the records of the kernel's audit: they agree, and where one side alone has a denial, that is said.
// While auditing is on, denials of other tests are recorded too; none of them may be told here.
#include <catch2/catch.hpp>

#include <linux/audit.h>
#include <linux/netlink.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>


#include "tests/live/files.h"
#include "tests/support/json.h"

using namespace landshim::tests;

namespace {


// Auditing on, as long as this lives; then as it was before. One at a time on a machine: flock(2).
class Auditing {
 public:
  Auditing() : turn_(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    flock(turn_, LOCK_EX);
    audit_status now{};
    was_on_ = ask(AUDIT_GET, {}, now) && now.enabled != 0;
    is_on_ = was_on_ || set(1);
  }
  ~Auditing() {
    if (is_on_ && !was_on_) set(0);
    close(turn_);
  }
  Auditing(const Auditing&) = delete;
  Auditing& operator=(const Auditing&) = delete;
  bool is_on() const { return is_on_; }
  bool set(unsigned enabled) const {
    audit_status wanted{};
    wanted.mask = AUDIT_STATUS_ENABLED;
    wanted.enabled = enabled;
    audit_status now{};
    return ask(AUDIT_SET, wanted, now) && ask(AUDIT_GET, {}, now) && now.enabled == enabled;
  }

 private:
  static bool ask(std::uint16_t type, const audit_status& given, audit_status& found) {
    struct {
      nlmsghdr header;
      audit_status status;
    } question{{sizeof question, type, NLM_F_REQUEST | NLM_F_ACK, 1, 0}, given};
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
    const timeval patience{2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (type == AUDIT_GET) question.header.nlmsg_len = sizeof question.header;
    bool good = fd >= 0 && send(fd, &question, question.header.nlmsg_len, 0) == static_cast<ssize_t>(question.header.nlmsg_len);
    bool answered = false;
    while (good && !answered) {
      alignas(nlmsghdr) char answer[1024];
      const ssize_t size = recv(fd, answer, sizeof answer, 0);
      nlmsghdr header{};
      if (size >= static_cast<ssize_t>(sizeof header)) std::memcpy(&header, answer, sizeof header);
      good = header.nlmsg_type == type || header.nlmsg_type == NLMSG_ERROR;
      if (header.nlmsg_type == type) std::memcpy(&found, answer + sizeof header, std::min(sizeof found, static_cast<std::size_t>(size) - sizeof header));
      int error = 0;
      if (header.nlmsg_type == NLMSG_ERROR) std::memcpy(&error, answer + sizeof header, sizeof error);
      good = good && error == 0;
      answered = header.nlmsg_type == (type == AUDIT_GET ? AUDIT_GET : NLMSG_ERROR);
    }
    close(fd);
    return good && answered;
  }

  int turn_;
  bool was_on_ = false;
  bool is_on_ = false;
};

struct Followed {
  Outcome outcome;
  std::vector<Json> denied;
  std::vector<Json> lost;
  std::string lines;

  // What one side alone has seen.
  std::string disagreements() const {
    std::string out;
    for (const Json& event : denied)
      if (event.value("kernel", false) != true || event.contains("followed")) out += text_of(event) + "\n";
    return out;
  }
  const Json* about(const std::string& what, const std::string& target) const {
    for (const Json& event : denied)
      if (event["what"] == what && event["target"] == target) return &event;
    return nullptr;
  }
};

// A policy and commands under it, followed, at most once each in the events.
class Place {
 public:
  Followed run_under(const std::string& policy, const Words& command) const {
    const std::string events = place_ / "events";
    Start start{{built("landshim"), "run", "-p", place_.file("policy.ini", policy), "--explain-denials", "--denials-json", events, "--"}, {{"HOME", "/nonexistent"}, {"LC_ALL", "C"}}, {}, "/"};
    start.command.insert(start.command.end(), command.begin(), command.end());
    start.seconds = 60;
    Followed out{run(start), {}, {}, {}};
    std::size_t at = 0;
    const std::string text = contents(events);
    for (std::size_t end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1) {
      const Json event = json_of(text.substr(at, end - at));
      if (event["event"] == "denied" && event["again"] == 0) out.denied.push_back(event);
      if (event["event"] == "lost") out.lost.push_back(event);
    }
    out.lines = out.outcome.err;
    return out;
  }
  Followed victim(const std::string& policy, Words words, const std::string& name = "tests/victim") const {
    words.insert(words.begin(), built(name));
    return run_under(policy, words);
  }

 private:
  Scratch place_;
};

const char* const kWithoutAudit = "auditing is not this process's to switch on (CAP_AUDIT_CONTROL, the first namespaces)";

}  // namespace

TEST_CASE("the kernel has a record of each change and each look at a tree that a followed run tells as denied", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Place place;
  for (const TreeAttempt& attempt : tree_attempts()) {
    INFO(attempt.name);
    const Tree tree;
    const std::string before = tree.look_at_all();
    const Followed followed = place.victim(base_policy() + (attempt.needs_root ? "[process]\ncapabilities = all\n" : ""), tree.here(attempt.words));
    INFO(followed.lines);
    CHECK(followed.outcome.status == EACCES);
    CHECK_FALSE(followed.denied.empty());
    CHECK(followed.disagreements() == "");
    CHECK(followed.lines.find("kernel") == std::string::npos);
    CHECK(tree.look_at_all() == before);
  }
}

TEST_CASE("a file that may be made and not be written is told once, and the kernel agrees", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const Followed followed = Place().victim(base_policy() + "make_reg = " + tree.path() + "\n", {"create", tree / "new"});
  INFO(followed.lines);
  CHECK(followed.outcome.status == EACCES);
  CHECK(followed.denied.size() == 1);
  CHECK(followed.disagreements() == "");
  CHECK(exists(tree / "new"));
}

TEST_CASE("the kernel has a record of ports, sockets and signals that a followed run tells as denied", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const std::string name = "landshim-kernel-" + std::to_string(getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) == 0);
  REQUIRE(listen(listener, 8) == 0);
  const std::string policy = base_policy() + "[network]\naccess = rules\nunix = allow\nconnect_tcp = 443\nbind_tcp = 65000\n";
  const std::string here = std::to_string(getpid());
  const struct {
    Words words;
    int error;
    const char* what;
    std::string target;
  } kAttempts[] = {
      {{"stream", "connect", "4", "9", "0"}, EACCES, "connect", "9"},
      {{"stream", "connect", "6", "9", "0"}, EACCES, "connect", "9"},
      {{"stream", "bind", "4", "64999", "0"}, EACCES, "bind", "64999"},
      {{"unix", "connect", "stream", "@" + name}, EPERM, "unix", "@" + name},
      {{"kill", here, "0"}, EPERM, "call", "kill " + here},
      {{"threaded", "kill", here, "0"}, EPERM, "call", "kill " + here},
  };
  const Place place;
  for (const auto& attempt : kAttempts) {
    INFO(attempt.words[0] << " " << attempt.words[1]);
    const Followed followed = place.victim(policy, attempt.words);
    INFO(followed.lines);
    CHECK(followed.outcome.status == attempt.error);
    CHECK(followed.denied.size() == 1);
    CHECK(followed.about(attempt.what, attempt.target) != nullptr);
    CHECK(followed.disagreements() == "");
  }
  // Where files are ruled by nothing.
  const Followed free = place.victim("[policy]\nmode = full-access\n[network]\naccess = rules\nconnect_tcp = 443\n", {"stream", "connect", "4", "9", "0"});
  INFO(free.lines);
  CHECK(free.outcome.status == EACCES);
  CHECK(free.about("connect", "9") != nullptr);
  CHECK(free.disagreements() == "");
  close(listener);
}

TEST_CASE("the kernel agrees by every road to a denied file, also with names that need quotes", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const std::string evil = tree.path() + "/a \"b\" domain=1 blockers=fs.execute\n\xff";
  std::filesystem::copy_file(tree / "file", evil);
  const std::string script = tree / "script";
  std::filesystem::copy_file(tree / "file", script);
  REQUIRE(chmod(script.c_str(), 0755) == 0);
  const std::string self = built("tests/victim-static");
  const Place place;
  for (const Words& words : {Words{"read", evil}, {"read", tree / "link"}, {"read", "/proc/self/root" + (tree / "file")}, {"threaded", "read", evil}, {"forked", "read", evil}, {"executed", self, "read", evil}, {"vforked", tree / "program", "nothing"}, {"exec", script}, {"undumpable", "read", evil}}) {
    INFO(words[0] << " " << words[1]);
    const Followed followed = place.victim(base_policy(), words);
    INFO(followed.lines);
    CHECK(followed.outcome.status == EACCES);
    CHECK(followed.denied.size() == 1);
    CHECK(followed.disagreements() == "");
  }
  // Nor do a mount namespace and a process number of one's own keep them apart.
  const Followed apart = place.victim(base_policy() + "[namespaces]\nuser = yes\nmount = yes\npid = yes\n", {"read", evil});
  INFO(apart.lines);
  CHECK(apart.outcome.status == EACCES);
  CHECK(apart.denied.size() == 1);
  CHECK(apart.disagreements() == "");
}

TEST_CASE("what Landlock alone can know is told by the kernel's records, with the line that would allow it", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const Place place;
  const std::string ioctl = std::to_string(SYS_ioctl);
  const struct {
    std::string policy;
    Words words;
    int error;
    const char* what;
    std::string target;
    std::string line;
  } kAttempts[] = {
      {"read = /dev/zero\n", {"call", ioctl, "fd:/dev/zero", "0x5413", "int:0"}, EACCES, "call", "ioctl /dev/zero", "[filesystem] device = /dev/zero"},
      {"write_file = " + (tree / "file") + "\n", {"call", std::to_string(SYS_ftruncate), "w:" + (tree / "file"), "1"}, EACCES, "truncate", tree / "file", "[filesystem] write = " + tree.path()},
      {"refer = " + tree.path() + "\nremove_file = " + tree.path() + "\nmake_reg = " + tree.path() + "\nexecute = " + (tree / "other") + "\n", {"rename", tree / "dir/inside", tree / "other/new"}, EXDEV, "call", "rename", "[filesystem] read_exec = " + (tree / "dir")},
  };
  for (const auto& attempt : kAttempts) {
    INFO(attempt.what << " " << attempt.target);
    const Followed followed = place.victim(base_policy() + attempt.policy, attempt.words);
    INFO(followed.lines);
    CHECK(followed.outcome.status == attempt.error);
    REQUIRE(followed.denied.size() == 1);
    const Json& event = followed.denied[0];
    CHECK(event["what"] == attempt.what);
    CHECK(event["target"] == attempt.target);
    CHECK(event["kernel"] == true);
    CHECK(event["followed"] == false);
    CHECK(event["program"] == built("tests/victim"));
    CHECK(event["to_allow"] == Json::array({attempt.line}));
    CHECK(followed.lines.find(", seen by the kernel alone): ") != std::string::npos);
    CHECK(followed.lines.find("to allow: " + attempt.line) != std::string::npos);
  }
  CHECK(contents(tree / "file") == "keep me");
}

TEST_CASE("neither side alone tells of what fails for another reason, and both of a rename to another name of the same file", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const Place place;
  std::filesystem::create_hard_link(tree / "file", tree / "hard");
  REQUIRE(mknod((tree / "socket").c_str(), S_IFSOCK | 0666, 0) == 0);
  const std::string here = std::to_string(AT_FDCWD);
  const std::string unlink = std::to_string(SYS_unlinkat);
  const std::string before = tree.look_at_all();
  const std::vector<Words> kFailing = {
      {"read", tree / "socket"},
      {"unlink", tree / "dir"},
      {"call", unlink, here, "=" + (tree / "file"), std::to_string(AT_REMOVEDIR)},
      {"rename", tree / "dir", tree / "dir/new"},
      {"call", std::to_string(SYS_linkat), here, "=" + (tree / "dir"), here, "=" + (tree / "new"), "0"},
      {"kill", std::to_string(getpid()), "200"},
      {"call", std::to_string(SYS_tgkill), std::to_string(getpid()), std::to_string(getpid()), "200"},
      {"mkdir", tree / "dir"},
      {"read", tree / "none"},
  };
  for (const Words& words : kFailing) {
    INFO(words[0] << " " << words[1]);
    const Followed followed = place.victim(base_policy(), words);
    INFO(followed.lines);
    CHECK(followed.outcome.status != 0);
    CHECK(followed.denied.empty());
    CHECK(followed.lines.empty());
  }
  const Followed renamed = place.victim(base_policy(), {"rename", tree / "hard", tree / "file"});
  INFO(renamed.lines);
  CHECK(renamed.outcome.status == EACCES);
  CHECK_FALSE(renamed.denied.empty());
  CHECK(renamed.disagreements() == "");
  CHECK(tree.look_at_all() == before);
}

TEST_CASE("where a thread changes a name in between, the kernel's records correct what is told", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const Place place;
  const std::string policy = base_policy() + "read = " + (tree / "dir") + "\n";
  int only_asked = 0;
  int only_denied = 0;
  int both = 0;
  for (int i = 0; i < 400 && (only_asked == 0 || only_denied == 0 || both == 0); ++i) {
    const Followed followed = place.victim(policy, {"racing", tree / "old", tree / "dir/inside", "1"});
    INFO(followed.lines);
    REQUIRE(followed.outcome.status == 0);
    REQUIRE(followed.denied.size() <= 1);
    // Another's records were lost in that moment.
    if (followed.denied.empty() || !followed.denied[0].contains("kernel")) continue;
    const Json& event = followed.denied[0];
    if (event["kernel"] == false) ++only_asked;
    else if (event.contains("followed")) ++only_denied;
    else ++both;
    CHECK((followed.lines.find(", the kernel denied nothing): ") != std::string::npos) == (event["kernel"] == false));
    CHECK((followed.lines.find(", seen by the kernel alone): ") != std::string::npos) == event.contains("followed"));
  }
  CHECK(only_asked > 0);
  CHECK(only_denied > 0);
  CHECK(both > 0);
}

TEST_CASE("denials of domains that are not the run's are not told, and leave open what is not recorded", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const Place place;
  const Scratch policies;
  const std::string narrow = policies.file("narrow.ini", base_policy());
  // The inner policy denies it, and the outer one would not.
  const Followed nested = place.run_under("[filesystem]\nruntime = host\nread_exec = " + built("") + "\nread = " + policies.path() + ", " + tree.path() + "\ndevice = /dev/null\n", {built("landshim"), "run", "-p", narrow, "--", built("tests/victim"), "read", tree / "file"});
  INFO(nested.lines);
  CHECK(nested.outcome.status == EACCES);
  CHECK(nested.about("read", tree / "file") == nullptr);
  // Both deny it: the inner one answers, and nothing is said of the kernel.
  const Followed twice = place.run_under("[filesystem]\nruntime = host\nread_exec = " + built("") + "\nread = " + policies.path() + "\ndevice = /dev/null\n", {built("landshim"), "run", "-p", narrow, "--", built("tests/victim"), "read", tree / "file"});
  INFO(twice.lines);
  CHECK(twice.outcome.status == EACCES);
  REQUIRE(twice.about("read", tree / "file") != nullptr);
  CHECK_FALSE(twice.about("read", tree / "file")->contains("kernel"));
}

TEST_CASE("without auditing nothing is said of the kernel, and it is not switched on", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  if (!auditing.set(0)) return skip("auditing cannot be switched off");
  const Tree tree;
  const Place place;
  const Followed followed = place.victim(base_policy(), {"read", tree / "file"});
  CHECK(auditing.set(0));
  CHECK(followed.outcome.status == EACCES);
  REQUIRE(followed.denied.size() == 1);
  CHECK_FALSE(followed.denied[0].contains("kernel"));
  CHECK_FALSE(followed.denied[0].contains("followed"));
  CHECK(auditing.set(1));
  const Followed audited = place.victim(base_policy(), {"read", tree / "file"});
  REQUIRE(audited.denied.size() == 1);
  CHECK(audited.denied[0]["kernel"] == true);
}

TEST_CASE("a storm of denials does not stop a followed run, and what was lost of the records is said", "[live][root][follow][records]") {
  REQUIRE_ABI(7);
  const Auditing auditing;
  if (!auditing.is_on()) return skip(kWithoutAudit);
  const Tree tree;
  const Followed followed = Place().run_under(base_policy(), {"bash", "-c", "i=0; while ((i++ < 3000)); do : <\"$0\"; done 2>/dev/null; exit 7", tree / "file"});
  CHECK(followed.outcome.status == 7);
  const Json* const event = followed.about("read", tree / "file");
  REQUIRE(event != nullptr);
  CHECK(event->value("kernel", true));
  CHECK_FALSE(event->contains("followed"));
  CHECK(followed.lines.find("kernel") == std::string::npos);
  for (const Json& lost : followed.lost) CHECK(lost["why"] == "records of the kernel");
}
