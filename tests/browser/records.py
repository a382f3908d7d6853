# SPDX-License-Identifier: MIT
"""Records as landshim writes them: of a build, of what an enemy would name things, and of very much."""
import json

RUN = "5f1d2c3b4a596877"


class Writer:
    def __init__(self, run=RUN):
        self.run, self.clock, self.lines = run, 0, []

    def add(self, event, after=900, **members):
        self.clock += after
        seconds, micro = divmod(self.clock, 1_000_000)
        when = f"2026-03-14T{9 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micro:06}Z"
        self.lines.append(json.dumps({"v": 1, "time": when, "run": self.run, "event": event, **members}, ensure_ascii=False))

    def start(self, pid, parent, program, arguments, directory="/home/ada/engine"):
        self.add("start", pid=pid, parent=parent, program=program, arguments=arguments, directory=directory)

    def open(self, pid, access, *paths, **more):
        for path in paths:
            self.add("open", after=35, pid=pid, path=path, access=access, **more)

    def change(self, pid, what, path, **more):
        self.add("change", after=60, pid=pid, what=what, path=path, **more)

    def denied(self, pid, program, what, target, allow, rule=None, error="EACCES", again=0):
        self.add("denied", pid=pid, program=program, what=what, target=target, error=error, rule=rule, to_allow=allow, again=again)

    def text(self):
        return "\n".join(self.lines) + "\n"


LIBRARIES = ["/etc/ld.so.cache", "/usr/lib/x86_64-linux-gnu/libc.so.6"]
SOURCES = ["arena", "config", "draw", "event", "font", "glyph", "input", "json", "layout", "main", "mesh", "net", "parse", "queue", "scene", "shader", "text", "timer"]
CC = "/usr/lib/gcc/x86_64-linux-gnu/12/"


def compile_one(out, pid, name):
    gcc, cc1, assembler = pid, pid + 1, pid + 2
    out.start(gcc, 4101, "/usr/bin/gcc", ["gcc", "-O2", "-Wall", "-Iinclude", "-c", "-o", f"build/{name}.o", f"src/{name}.c"])
    out.open(gcc, "read", *LIBRARIES)
    out.denied(gcc, "/usr/bin/gcc", "create", f"/home/ada/.cache/ccache/{name}.tmp", ["[filesystem] read_write = /home/ada/.cache/ccache"], {"line": "read = /home/ada", "where": "engine.ini:6"})
    out.start(cc1, gcc, CC + "cc1", ["cc1", "-quiet", "-I", "include", f"src/{name}.c", "-O2", "-Wall", "-o", f"/tmp/cc{name}.s"])
    out.open(cc1, "read", *LIBRARIES, "/usr/lib/x86_64-linux-gnu/libgmp.so.10", "/usr/lib/x86_64-linux-gnu/libmpfr.so.6", "/usr/lib/x86_64-linux-gnu/libz.so.1")
    out.open(cc1, "read", f"/home/ada/engine/src/{name}.c", "/home/ada/engine/include/engine.h", f"/home/ada/engine/include/{name}.h")
    out.open(cc1, "read", *(f"/usr/include/{header}.h" for header in ("stdio", "stdlib", "string", "stdint", "errno", "features")))
    out.open(cc1, "read", "/usr/local/include/stdio.h", result="ENOENT")
    out.change(cc1, "create", f"/tmp/cc{name}.s")
    out.add("end", pid=cc1, after=180_000 + 7919 * (pid % 37), status=0)
    out.start(assembler, gcc, "/usr/bin/x86_64-linux-gnu-as", ["as", "-I", "include", "--64", "-o", f"build/{name}.o", f"/tmp/cc{name}.s"])
    out.open(assembler, "read", *LIBRARIES, f"/tmp/cc{name}.s")
    out.open(assembler, "read_write", f"/home/ada/engine/build/{name}.o")
    out.add("end", pid=assembler, after=9_000, status=0)
    out.change(gcc, "remove", f"/tmp/cc{name}.s")
    out.add("end", pid=gcc, status=0)


def build():
    """make, its compilers, its linker, and a git that wants more than it gets."""
    out = Writer()
    out.add("policy", policy="engine.ini", identity="9c41f07be2d85a13", abi=6, given_up=["ioctl_dev: needs Landlock ABI 5; devices stay as they are"],
            command=["make", "-j4", "all"], uid=1000)
    out.start(4101, 4100, "/usr/bin/make", ["make", "-j4", "all"])
    out.open(4101, "read", *LIBRARIES, "/home/ada/engine/Makefile")
    out.open(4101, "list", "/home/ada/engine", "/home/ada/engine/src")
    git = "/usr/bin/git"
    out.start(4110, 4101, "/usr/bin/dash", ["/bin/sh", "-c", "git describe --always --dirty >build/version"])
    out.open(4110, "write", "/home/ada/engine/build/version")
    out.start(4110, 4101, git, ["git", "describe", "--always", "--dirty"])
    out.open(4110, "read", *LIBRARIES, *(f"/home/ada/engine/.git/{name}" for name in ("HEAD", "config", "index", "packed-refs", "refs/heads/main")))
    out.denied(4110, git, "read", "/home/ada/.gitconfig", ["[filesystem] read = /home/ada/.gitconfig"])
    out.denied(4110, git, "create", "/home/ada/engine/.git/index.lock", ["[filesystem] read_write = /home/ada/engine/.git"], {"line": "read = .", "where": "engine.ini:5"})
    out.add("end", pid=4110, status=0)
    for i, name in enumerate(SOURCES):
        compile_one(out, 4200 + 10 * i, name)
    out.denied(4380, CC + "cc1", "read", "/home/ada/engine/include/secret.h", ["[filesystem] read = /home/ada/engine/include/secret.h"], {"line": "except = include/secret.h", "where": "engine.ini:9"})
    link = "/usr/bin/x86_64-linux-gnu-ld.bfd"
    out.start(4500, 4101, link, ["ld", "-o", "build/engine", *(f"build/{name}.o" for name in SOURCES), "-lc", "-lm"])
    out.open(4500, "read", *LIBRARIES, *(f"/home/ada/engine/build/{name}.o" for name in SOURCES), "/usr/lib/x86_64-linux-gnu/libm.so.6")
    out.change(4500, "create", "/home/ada/engine/build/engine.tmp")
    out.change(4500, "rename", "/home/ada/engine/build/engine.tmp", to="/home/ada/engine/build/engine")
    out.change(4500, "mode", "/home/ada/engine/build/engine")
    out.add("end", pid=4500, after=320_000, status=0)
    curl = "/usr/bin/curl"
    out.start(4510, 4101, curl, ["curl", "-fsS", "https://assets.example.org/fonts.tar"])
    out.open(4510, "read", *LIBRARIES, "/etc/ssl/certs/ca-certificates.crt", "/etc/resolv.conf")
    out.add("network", pid=4510, what="connect", family="tcp", address="203.0.113.20", port=443)
    out.add("network", pid=4510, what="connect", family="tcp", address="2001:db8::20", port=443, result="ENETUNREACH")
    out.denied(4510, curl, "connect", "203.0.113.77:80", ["[network] connect_tcp = 80"], {"line": "connect_tcp = 443", "where": "engine.ini:14"}, again=11)
    out.denied(4510, curl, "unix", "/run/systemd/resolve/io.systemd.Resolve", ["[network] unix = allow"], {"line": "unix = deny", "where": "engine.ini:15"})
    out.add("end", pid=4510, status=7)
    test = "/home/ada/engine/build/engine"
    out.start(4520, 4101, test, ["build/engine", "--self-test"])
    out.open(4520, "execute", test)
    out.open(4520, "read", *LIBRARIES)
    out.denied(4520, test, "call", "ptrace", [], {"line": "ptrace = deny", "where": "engine.ini:19"}, error="EPERM")
    out.add("end", pid=4520, signal="SIGSEGV")
    out.add("end", pid=4101, status=2)
    out.add("lost", events=12, why="the reader was too slow")
    out.add("summary", status=2, denials=25, events=len(out.lines) + 1)
    return out.text()


HOSTILE = ["</script><script>window.broken=1</script>", "<img src=x onerror=window.broken=1>", "<!--<script>", "a\u2028b", "\u202egnp.exe", "\x1b[31mred",
           "\u0000nul", "]]>", "{{script}}", "__proto__", "constructor", "\u200bwide\ufeff", "'\"&lt;", "-" * 3000, "a/" * 1500]


def hostile():
    """Names that would like to be more than names, and lines that are none."""
    out = Writer("</title>")
    out.add("policy", policy=HOSTILE[0], identity=HOSTILE[1], abi=6, given_up=HOSTILE[:3], command=HOSTILE[:6], uid=0)
    for i, name in enumerate(HOSTILE):
        out.start(100 + i, 100 + (i + 1) % len(HOSTILE), "/bin/" + name, [name, name], "/tmp/" + name)
        out.open(100 + i, "read", "/srv/" + name, name)
        out.change(100 + i, "rename", "/srv/" + name, to=name)
        out.add("network", pid=100 + i, what="connect", family=name, address=name, port=1)
        out.denied(100 + i, "/bin/" + name, name, "/srv/" + name, ["[filesystem] read = " + name], {"line": name, "where": name}, error=name)
        out.add("end", pid=100 + i, signal=name)
    out.open(100, "read", "\ufffd\ufffd", path_hex="ff2ffe")
    out.add("lost", events=1, why=HOSTILE[0])
    deep = "[" * 30000 + "]" * 30000
    lines = [*out.lines, "not JSON", "{", "[]", "17", '"text"', "null", deep, "x" * 70000, '{"v":2,"event":"open"}', '{"v":1}', out.lines[1].replace('"start"', '"party"'), out.lines[2].replace(":100", ':"100"')]
    return ("\n".join(lines) + "\n").encode() + b"\xff\xfe\n\0\0\n" + out.lines[3].encode()[:60]


def much(events=50_000):
    """A long build: most events are new ones."""
    out = Writer()
    out.add("policy", policy="big.ini", identity="1", abi=6, given_up=[], command=["ninja"], uid=1000)
    out.start(2, 1, "/usr/bin/ninja", ["ninja"])
    pid = 2
    while len(out.lines) < events:
        if len(out.lines) % 60 == 2:
            pid += 1
            out.start(pid, 2 + (pid - 2) // 30, CC + "cc1plus", ["cc1plus", f"unit{pid}.cc"])
        n = len(out.lines)
        if n % 50 == 0:
            out.denied(pid, CC + "cc1plus", "write", f"/var/cache/{n % 7}/{n}", [f"[filesystem] write = /var/cache/{n % 7}"])
        else:
            out.open(pid, ("read", "write")[n % 9 == 0], f"/srv/tree/part{n % 61}/module{n % 977}/file{n // 2}.h")
    return out.text()
