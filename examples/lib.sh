# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What every example stands on. An example sources this file, runs its program with `works` and `held`, and shows with
# `must_fail` and `control` that what the policy forbids fails under it, and only under it.

example=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd -P)
build=$(realpath "${LANDSHIM_BUILD:-$example/../../build}")
shim=$build/liblandshim.so
# The policy that `held` applies. An example that needs another copy says so with `policy_as`.
policy=$example/policy.ini

# Every example sees the same world: of the caller's environment nothing is left but the place of the build, and the
# programs are the system's own, since the policies name their places.
for variable in $(compgen -e); do
  case $variable in
    LANDSHIM_BUILD | PWD) ;;
    *) unset "$variable" ;;
  esac
done
export PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C
umask 022

WORK=$(realpath "$(mktemp -d)")
export WORK
chmod 755 "$WORK"
children=()

finish() {
  local child
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  rm -rf "$WORK"
}
trap finish EXIT

fail() {
  echo "FAILED: $1" >&2
  cat "$WORK/said" "$WORK/seen" 2>/dev/null | sed 's/^/    /' >&2
  exit 1
}

# Ends the example as skipped where a program is missing.
need() { # PROGRAM...
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
  done
  [ -r "$shim" ] || fail "$shim is missing: run make"
}

# Runs a command under the policy. This is all that a user does, too.
held() { # COMMAND...
  LANDSHIM_POLICY=$policy LD_PRELOAD=$shim "$@"
}

# The real work: succeeds under the policy. What it printed is in $WORK/said.
works() { # WHAT COMMAND...
  local what=$1
  shift
  held "$@" >"$WORK/said" 2>&1 || fail "$what: exit status $?"
  echo "works:   $what"
}

# The same through the command, which also holds static programs, and which loads the program under the policy.
works_by_command() { # WHAT COMMAND...
  local what=$1
  shift
  "$build/landshim" run -p "$policy" -- "$@" >"$WORK/said" 2>&1 || fail "$what, by landshim run: exit status $?"
  echo "works:   $what, by landshim run"
}

# Fails under the policy, and says the error that the kernel gave.
must_fail() { # WHAT ERROR COMMAND...
  local what=$1 error=$2 status=0
  shift 2
  held "$@" >"$WORK/said" 2>&1 || status=$?
  [ "$status" -ne 0 ] || fail "$what: it worked under the policy"
  # A policy that was refused proves nothing about the program.
  ! grep -q '^landshim: ' "$WORK/said" || fail "$what: the program did not start"
  grep -qF -- "$error" "$WORK/said" || fail "$what: expected the error '$error'"
  echo "denied:  $what ($error)"
}

# The same without the policy: succeeds, or `must_fail` proved nothing.
control() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" >"$WORK/said" 2>&1 || fail "without the policy, $what: exit status $?"
  echo "control: $what"
}

# Looks at the world: a command that must succeed.
look() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" >"$WORK/seen" 2>&1 || fail "$what: not so"
  echo "look:    $what"
}

absent() { [ ! -e "$1" ] && [ ! -L "$1" ]; }
holds() { [ "$(cat "$1")" = "$2" ]; } # FILE TEXT

# Starts a server that runs until the example ends; its words are in $WORK/NAME.said.
start() { # NAME COMMAND...
  local name=$1
  shift
  : >"$WORK/$name.said"
  LANDSHIM_POLICY=$policy LD_PRELOAD=$shim "$@" >"$WORK/$name.said" 2>&1 </dev/null &
  children+=($!)
}

start_free() { # NAME COMMAND...
  local name=$1
  shift
  : >"$WORK/$name.said"
  "$@" >"$WORK/$name.said" 2>&1 </dev/null &
  children+=($!)
}

# Ends the server that was started last.
stop() {
  local last=$((${#children[@]} - 1))
  kill "${children[$last]}"
  wait "${children[$last]}" 2>/dev/null || true
  unset "children[$last]"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # PORT

# A port that nobody listens on, below those that the kernel hands out.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    answers "$port" || { echo "$port"; return; }
  done
}

wait_for_port() { # PORT NAME
  local i
  for ((i = 0; i < 100; i++)); do
    if answers "$1"; then return; fi
    sleep 0.1
  done
  cp "$WORK/$2.said" "$WORK/said"
  fail "nothing answers on port $1"
}

wait_for_line() { # TEXT NAME
  local i
  for ((i = 0; i < 100; i++)); do
    if grep -qF -- "$1" "$WORK/$2.said"; then return; fi
    sleep 0.1
  done
  cp "$WORK/$2.said" "$WORK/said"
  fail "$2 does not say '$1'"
}

# Ports are numbers in a policy. The examples pick free ones, so each runs a copy of its policy with the numbers exchanged.
policy_as() { # SED-EXPRESSION...
  local expressions=() expression
  for expression in "$@"; do expressions+=(-e "$expression"); done
  mkdir -p "$WORK/policy"
  sed "${expressions[@]}" "$example/policy.ini" >"$WORK/policy/policy.ini"
  policy=$WORK/policy/policy.ini
}

# A server for connections that must not come: it notes each as a line "visited".
start_visited() { # NAME PORT
  start_free "$1" perl -MIO::Socket::INET -e '
    my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 5, ReuseAddr => 1) or die "$!\n";
    $| = 1;
    print "ready\n";
    while ($server->accept) { print "visited\n" }' "$2"
  wait_for_line ready "$1"
}
unvisited() { ! grep -q visited "$WORK/$1.said"; } # NAME

# How a shell connects to a port.
# shellcheck disable=SC2034 # the examples use it
connect=(bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0"')
