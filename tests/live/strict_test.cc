// SPDX-License-Identifier: MIT
// profile = strict: ordinary programs do their ordinary work under it, and what is outside of its list is refused.
#include <catch2/catch.hpp>

#include <cerrno>

#include "shim/filter.h"
#include "tests/support/world.h"

using namespace landshim::tests;

namespace {

// Everything but the calls is open, so that only the list can fail a program.
const std::string kStrict = "[policy]\nmode = full-access\n[network]\naccess = all\n[ipc]\nsysv = allow\nmqueue = allow\n[syscalls]\nprofile = strict\n";

// A script of sh that stops at the first failure. wait_for COMMAND waits for it five seconds.
std::string script(const std::string& text) {
  return "set -e\nexport HOME=$PWD LC_ALL=C\n"
         "wait_for() { i=0; until \"$@\" >/dev/null 2>&1; do i=$((i + 1)); [ $i -lt 100 ] || exit 99; sleep 0.05; done; }\n" +
         text + "\necho done\n";
}

// The script says the same with and without the policy, each time in a directory of its own, and ends with "done".
void check_task(const std::string& program, const std::string& text) {
  if (run({{"sh", "-c", "command -v " + program}, {}, {}}).status != 0) return skip("needs " + program);
  const auto task = [&](bool strict) {
    const Scratch scratch;
    Start start{{"sh", "-c", script(text)}, {}, {"XDG_CONFIG_HOME"}};
    start.directory = scratch.path();
    start.seconds = 90;
    return strict ? run_under(kStrict, start) : run(start);
  };
  const Outcome control = task(false);
  {
    INFO(program << ", no policy\n" << control.out << control.err);
    REQUIRE(control.status == 0);
    REQUIRE(control.out.ends_with("done\n"));
  }
  const Outcome held = task(true);
  INFO(program << "\n" << held.out << held.err);
  CHECK_FALSE(held.timed_out);
  CHECK(held.status == 0);
  CHECK(held.out == control.out);
  CHECK(held.err.find("Operation not permitted") == std::string::npos);
  CHECK(held.err.find("Function not implemented") == std::string::npos);
}

}  // namespace

TEST_CASE("coreutils, find, sed, grep, awk and diff work under profile = strict", "[live][strict]") {
  check_task("sort", R"sh(
mkdir a; seq 1000 > a/n; echo hi > a/t
cp -a a c; mv c d; ln -s d e; ln d/n d/n2; touch -d '2001-01-01' d/n; chmod 700 d; stat -c %Y d/n; readlink -f e | sed 's,.*/,,'
sort -R a/n | sort -n -S1M | tail -1; tac a/n | tail -1; wc -l < a/n; sha256sum < a/n; cksum < a/n; od -c a/t; base64 a/t; tr a-z A-Z < a/t
dd if=/dev/zero of=z bs=4k count=4 conv=fsync 2>/dev/null; truncate -s 1 z; stat -c %s z; fallocate -l 4096 z; mkfifo p; install -m 755 a/t i; sync z
split -l 100 a/n s.; ls s.* | wc -l; cat s.* | cmp - a/n; tee q < a/t; shred -u q; head -c 3 /dev/urandom | wc -c; df . > /dev/null; du -s . > /dev/null
ls -laR . > /dev/null; find . -newer d/n -exec true {} +; seq 8 | xargs -n1 -P4 true; grep -r hi a; sed -i s/hi/ho/ a/t; cat a/t; awk '{ s += $1 } END { print s }' a/n
diff a/t i || true; timeout 1 sleep 0.01; nice -n 1 true; env true; id -u > /dev/null; uname > /dev/null; date > /dev/null; nproc > /dev/null; mktemp -p . > /dev/null
stdbuf -oL echo x; flock a/t true; setsid true; taskset 1 true; numfmt 1000; tail -n 1 a/n; cp --sparse=always z y; rm -r a d)sh");
}

TEST_CASE("bash does jobs, traps, substitutions and coprocesses under profile = strict", "[live][strict]") {
  check_task("bash", R"sh(
bash -ec 'set -m; (sleep 0.05)& wait; trap "echo trapped" USR1; kill -USR1 $$; cat <(echo b); coproc cat; echo hi >&${COPROC[1]}; read -r y <&${COPROC[0]}; echo $y
x=$(echo a | cat); echo $x; ulimit -n > /dev/null; exec 5< <(seq 3); mapfile z <&5; echo ${#z[@]}; cat <<<here; umask 077; times > /dev/null; sleep 5 & kill %%; printf "%(%Y)T\n" 0; cd /; pwd' 2>/dev/null
bash -c 'exit 3' || echo $?)sh");
}

TEST_CASE("python3 starts processes, threads and servers, and keeps files, under profile = strict", "[live][strict]") {
  check_task("python3", R"sh(
cat > t.py <<'END'
import asyncio, concurrent.futures, fcntl, http.server, mmap, multiprocessing, os, resource, select, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, threading, time, urllib.request

class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass

def square(x):
    return x * x

if __name__ == '__main__':
    print(subprocess.run(['echo', 'x'], capture_output=True).stdout, subprocess.run('exit 3', shell=True).returncode)
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(5)))
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('spawn')) as pool:
        print(list(pool.map(square, range(5))))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        print(list(pool.map(square, range(5))))
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(urllib.request.urlopen('http://127.0.0.1:%d/t.py' % server.server_address[1]).status)
    server.shutdown()

    async def together():
        process = await asyncio.create_subprocess_exec('true')
        print(await process.wait())
        (await asyncio.start_server(lambda r, w: w.close(), '127.0.0.1', 0)).close()
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.01)
    asyncio.run(together())
    d = tempfile.mkdtemp(dir='.')
    open(d + '/a', 'w').write('x')
    shutil.copytree(d, d + '2')
    shutil.copy2(d + '/a', d + '/b')
    os.rename(d + '/b', d + '/c')
    os.utime(d + '/c')
    os.chmod(d + '/c', 0o600)
    db = sqlite3.connect(d + '/db')
    db.execute('pragma journal_mode=wal')
    db.execute('create table t(x)')
    db.execute('insert into t values(1)')
    db.commit()
    print(db.execute('select * from t').fetchall())
    m = mmap.mmap(-1, 4096)
    m[0:1] = b'x'
    m.flush()
    signal.signal(signal.SIGALRM, lambda *a: print('alarm'))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    select.epoll().poll(0.01)
    select.select([], [], [], 0.01)
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    os.nice(0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fd = os.memfd_create('x')
    os.pwrite(fd, b'abc', 0)
    print(os.pread(fd, 2, 1), os.pwritev(fd, [b'd'], 0, 0), os.preadv(fd, [bytearray(2)], 0))
    r, w = os.pipe()
    sys.stdout.flush()
    if os.fork() == 0:
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.wait()[1]), os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn('/bin/true', ['true'], os.environ), 0)[1]))
    f = os.open(d + '/l', os.O_RDWR | os.O_CREAT)
    fcntl.flock(f, fcntl.LOCK_EX)
    os.posix_fallocate(f, 0, 100)
    print(os.sendfile(w, f, 0, 10), os.copy_file_range(f, f, 10, 0, 50), os.splice(f, w, 5, 0))
    os.fsync(f)
    os.eventfd(0)
    os.pidfd_open(os.getpid())
    os.openpty()
    a, b = socket.socketpair()
    a.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, b'\0\0\0\0')])
    print(b.recvmsg(10, 100)[0])
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.bind(('127.0.0.1', 0))
    u.sendto(b'abc', u.getsockname())
    print(u.recv(4))
    socket.getaddrinfo('localhost', 80)
    shutil.rmtree(d)
END
python3 t.py; python3 -m venv --without-pip v; v/bin/python -c 'print(1)')sh");
}

TEST_CASE("perl forks, pipes, locks and listens under profile = strict", "[live][strict]") {
  check_task("perl", R"sh(
cat > t.pl <<'END'
use strict; use warnings; use IO::Socket; use IPC::Open3; use File::Find; use File::Copy; use Fcntl qw(:flock); use POSIX (); use Time::HiRes; use threads;
$| = 1;
print `echo x`; system("true") == 0 or die; $SIG{ALRM} = sub { print "alarm\n" }; Time::HiRes::ualarm(1000); select undef, undef, undef, 0.05;
find(sub { }, "."); copy("t.pl", "copy") or die; open my $f, ">", "lock" or die; flock $f, LOCK_EX or die; print $f 1; close $f; rename "lock", "lock2" or die; utime 1, 1, "lock2" or die; print((stat "lock2")[9], "\n");
my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die; my $child = fork;
if (!$child) { print { IO::Socket::INET->new("127.0.0.1:" . $server->sockport) } "over\n"; exit 0 }
print $server->accept->getline; wait;
my $pid = open3(my $in, my $out, undef, "cat"); print $in "through\n"; close $in; print <$out>; waitpid $pid, 0; threads->create(sub { print "thread\n" })->join;
mkdir "d" or die; symlink "d", "s" or die; chmod 0600, "copy" or die; truncate "copy", 1 or die; print -s "copy", "\n"; unlink "copy", "lock2"; setpgrp; POSIX::mkfifo("p", 0600) or die; setpriority(0, 0, 0); POSIX::dup2(1, 9); print scalar(my @g = glob "*"), "\n";
END
perl t.pl)sh");
}

TEST_CASE("git commits, merges, rebases, clones and packs under profile = strict", "[live][strict]") {
  check_task("git", R"sh(
export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE=2001-01-01T00:00:00Z GIT_COMMITTER_DATE=2001-01-01T00:00:00Z
git init -q -b main r; cd r; git config user.email a@b; git config user.name a; seq 2000 > f; git add .; git commit -qm a; git checkout -qb x; echo 1 >> f; git commit -qam b; git checkout -q main; echo 2 > g; git add g; git commit -qm c
git merge -q --no-edit x; git log --format=%s; git diff --stat HEAD~1; git checkout -q x; git rebase -q main; git gc -q --aggressive; git clone -q . ../r2; git clone -q --no-local . ../r3; git -C ../r2 pull -q; git status --short; git fsck 2>/dev/null; git archive HEAD | tar t
git worktree add -q ../w main 2>/dev/null; git push -q ../r2 x:y; git grep -c 12; git blame f | wc -l; git stash list; git repack -adq; git bundle create -q ../b HEAD; git cat-file --batch-all-objects --batch-check | wc -l)sh");
}

TEST_CASE("curl fetches under profile = strict", "[live][strict]") {
  check_task("curl", R"sh(
seq 1000 > n
cat > server.py <<'END'
import http.server, os
s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
open('port.new', 'w').write(str(s.server_address[1]))
os.rename('port.new', 'port')
s.serve_forever()
END
python3 server.py 2>/dev/null & server=$!
wait_for test -e port; url=http://127.0.0.1:$(cat port)
curl -s $url/n | tail -1; curl -so o http://localhost:$(cat port)/n; cmp o n; curl -sZ $url/n -o 1 $url/n -o 2; cmp 1 2; curl -s -o /dev/null -w '%{http_code}\n' $url/missing; curl -s file://$PWD/n | head -1; curl -s http://nowhere.invalid || echo $?
kill $server; wait $server || true)sh");
}

TEST_CASE("sqlite3 writes, indexes, checks and vacuums under profile = strict", "[live][strict]") {
  check_task("sqlite3", R"sh(
sqlite3 db 'create table t(x); with recursive c(x) as (select 1 union all select x + 1 from c where x < 20000) insert into t select x from c; create index i on t(x); select count(*) from t; pragma journal_mode = wal; insert into t values(1); vacuum; pragma integrity_check; pragma mmap_size = 1000000; select sum(x) from t;'
sqlite3 db .dump | tail -1; sqlite3 db '.backup b.db'; sqlite3 b.db 'select max(x) from t'; seq 10 > n; sqlite3 db '.import n t' 'select count(*) from t'; sqlite3 db '.shell echo from sqlite')sh");
}

TEST_CASE("gcc compiles, links and runs, and make runs it, under profile = strict", "[live][strict]") {
  check_task("gcc", R"sh(
printf '#include <stdio.h>\nint main(void) { puts("c"); }\n' > m.c; printf '#include <iostream>\n#include <thread>\nint main() { std::thread t([] { std::cout << "c++\\n"; }); t.join(); }\n' > n.cc
printf 'all: m n\nm: m.c\n\t@gcc -O2 -g -o $@ $<\nn: n.cc\n\t@g++ -pipe -o $@ $< -pthread\ncheck: all\n\t@./m && ./n\n' > Makefile
make -s -j2 check; touch m.c; make -s -j2 -O all; gcc -c m.c; ar rcs l.a m.o; ranlib l.a; nm m.o | grep -c main; strip m; ./m; objdump -d m > /dev/null; gcc -static m.c -o s; ./s; gcc -flto -O2 m.c -o f; ./f)sh");
}

TEST_CASE("node reads, writes, serves and starts workers under profile = strict", "[live][strict]") {
  check_task("node", R"sh(
cat > t.js <<'END'
const cp = require('child_process'), crypto = require('crypto'), fs = require('fs'), http = require('http'), net = require('net'), os = require('os'), workers = require('worker_threads'), zlib = require('zlib');
if (!workers.isMainThread) {
  workers.parentPort.postMessage('worker');
} else {
  console.log(cp.execSync('echo x').toString().trim());
  fs.writeFileSync('f', 'x'); fs.copyFileSync('f', 'g'); fs.renameSync('g', 'h'); fs.utimesSync('h', 1, 1); fs.chmodSync('h', 0o600); fs.fsyncSync(fs.openSync('h', 'r+')); fs.watch('.').close(); fs.unlinkSync('f');
  console.log(fs.statSync('h').mtimeMs, fs.readdirSync('.').length, zlib.gunzipSync(zlib.gzipSync('zipped')).toString(), crypto.pbkdf2Sync('a', 'b', 100, 4, 'sha1').toString('hex'), crypto.randomBytes(4).length);
  os.cpus(); os.networkInterfaces(); os.setPriority(0, os.getPriority(0)); process.memoryUsage(); process.resourceUsage();
  const signal = () => { process.on('SIGUSR2', () => { console.log('signal'); process.exit(0); }); setInterval(() => { }, 100); process.kill(process.pid, 'SIGUSR2'); };
  const worker = () => new workers.Worker(__filename).on('message', m => { console.log(m); signal(); });
  const local = () => { const own = net.createServer().listen('socket', () => { own.close(); worker(); }); };
  const server = http.createServer((q, r) => r.end('served')).listen(0, '127.0.0.1', () =>
    http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, r => { r.on('data', d => console.log(d.toString())); r.on('end', () => { server.close(); local(); }); }));
}
END
node t.js)sh");
}

TEST_CASE("tar packs, compresses and unpacks under profile = strict", "[live][strict]") {
  check_task("tar", R"sh(
mkdir a; seq 100 > a/n; ln -s n a/s; ln a/n a/h; truncate -s 1M a/sparse; mkfifo a/p
tar cf x.tar a; tar tf x.tar | sort; tar czf x.tgz a; mkdir b; tar xpzf x.tgz -C b; cmp a/n b/a/n; readlink b/a/s; tar cSf s.tar a; tar --delete -f x.tar a/p; tar tf x.tar | wc -l; tar cJf x.xz a; tar tJf x.xz | wc -l; gzip -k a/sparse; gunzip -t a/sparse.gz)sh");
}

TEST_CASE("openssl makes keys, signs and speaks TLS under profile = strict", "[live][strict]") {
  check_task("openssl", R"sh(
openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 1 -subj /CN=localhost 2>/dev/null; openssl x509 -in c.pem -noout -subject
openssl s_server -unix s.sock -key k.pem -cert c.pem -quiet > /dev/null 2>&1 < /dev/null & server=$!
wait_for test -S s.sock; echo Q | openssl s_client -unix s.sock -CAfile c.pem -servername localhost 2>/dev/null | grep -o 'Verify return code: 0' | sort -u; kill $server 2>/dev/null || true; wait $server || true
echo text > t; openssl dgst -sha256 -sign k.pem -out t.sig t; openssl x509 -in c.pem -pubkey -noout > p.pem; openssl dgst -sha256 -verify p.pem -signature t.sig t; openssl enc -aes-128-cbc -k x -pbkdf2 -in t | openssl enc -d -aes-128-cbc -k x -pbkdf2; openssl rand 5 | wc -c)sh");
}

TEST_CASE("ssh-keygen makes and uses keys under profile = strict", "[live][strict]") {
  check_task("ssh-keygen", R"sh(
ssh-keygen -q -t ed25519 -N x -C '' -f k1; ssh-keygen -q -t rsa -b 2048 -N '' -f k2; ssh-keygen -lf k1.pub | wc -l; ssh-keygen -y -P x -f k1 | cut -d' ' -f1,2 > pub; cut -d' ' -f1,2 k1.pub | cmp - pub
echo text > t; ssh-keygen -q -Y sign -f k2 -n file t 2>/dev/null; echo "me $(cat k2.pub)" > allowed; ssh-keygen -Y verify -f allowed -I me -n file -s t.sig < t | sed 's/ with .*//')sh");
}

TEST_CASE("redis-server stores, forks to save and answers under profile = strict", "[live][strict]") {
  check_task("redis-server", R"sh(
redis-server --port 0 --unixsocket $PWD/r.sock --dir $PWD --appendonly yes --io-threads 2 > log 2>&1 & server=$!
wait_for redis-cli -s r.sock ping; redis-cli -s r.sock set a 1; redis-cli -s r.sock incr a; redis-cli -s r.sock eval 'return 7' 0; redis-cli -s r.sock bgsave; wait_for test -s dump.rdb; redis-cli -s r.sock bgrewriteaof > /dev/null; redis-benchmark -s r.sock -n 500 -q -t set,get --threads 2 > /dev/null; redis-cli -s r.sock flushall async
redis-cli -s r.sock shutdown nosave || true; wait $server; ls dump.rdb)sh");
}

TEST_CASE("nginx serves, reloads and stops under profile = strict", "[live][strict]") {
  check_task("nginx", R"sh(
seq 1000 > n
cat > c <<END
pid $PWD/pid; error_log $PWD/errors; daemon off; worker_processes 2; events { worker_connections 64; }
http { access_log $PWD/access; sendfile on; gzip on; open_file_cache max=10; client_body_temp_path $PWD/t1; proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3; uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
  server { listen unix:$PWD/w.sock; root $PWD; location /through/ { proxy_pass http://unix:$PWD/w.sock:/; } } }
END
nginx -e $PWD/errors -c $PWD/c & server=$!
get() { curl -sf --unix-socket w.sock "http://x/$1"; }
wait_for get n; get n | tail -1; get through/n | tail -1; curl -s --compressed --unix-socket w.sock http://x/n | wc -l; kill -HUP $server; sleep 0.3; wait_for get n; kill -USR1 $server; sleep 0.1; kill -QUIT $server; wait $server; grep -E 'alert|emerg|crit' errors || true)sh");
}

TEST_CASE("a landshim within profile = strict puts a narrower policy in force", "[live][strict]") {
  REQUIRE_ABI(1);
  const Scratch scratch;
  const std::string inner = scratch.file("inner.ini", base_policy() + "read = " + built("") + "\n");
  const std::string secret = scratch.file("secret", "x");
  CHECK(run_under(kStrict, {{built("tests/victim"), "read", secret}, {}, {}}).status == 0);
  const Outcome outcome = run_under(kStrict, {{built("landshim"), "run", "-p", inner, "--", built("tests/victim"), "read", secret}, {}, {}});
  INFO(outcome.err);
  CHECK(outcome.status == EACCES);
  CHECK(outcome.err.empty());
}

TEST_CASE("a call outside of the strict list answers EPERM, and a line of its own lets it through", "[live][strict]") {
  for (const char* name : {"io_setup", "io_uring_setup", "process_vm_readv", "kcmp", "get_robust_list", "remap_file_pages", "vmsplice", "tee", "setns", "name_to_handle_at"}) {
    INFO(name);
    const std::string number = std::to_string(landshim::call_number(landshim::CallTable::kNative, name));
    const auto call = victim("raw", number, "-1", "-1", "-1", "-1", "-1", "-1");
    const int before = call.without_policy();
    CHECK(before != EPERM);
    CHECK(before != 0);
    CHECK(call.under(kStrict) == EPERM);
    CHECK(call.under(kStrict + std::string(name) + " = allow\n") == before);
    CHECK(call.under(kStrict + "umask = allow\n") == EPERM);
  }
}

TEST_CASE("a number that landshim does not know answers ENOSYS under profile = strict", "[live][strict]") {
  for (const char* number : {"600", "1000", "100000"}) {
    INFO(number);
    CHECK(victim("raw", number).under(kStrict) == ENOSYS);
    CHECK(victim("raw", number).under(kStrict + "umask = allow\n") == ENOSYS);
  }
}
