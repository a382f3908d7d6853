// SPDX-License-Identifier: MIT
// Rules of [command NAME]: how they are read, which of them a command line meets, what they come to, and the layers that
// they put over a policy, as plans for made-up kernels.
#include "config/command_rules.h"

#include <catch2/catch.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "config/check.h"
#include "config/interpret.h"
#include "config/paths.h"
#include "shim/layer.h"
#include "shim/restrict.h"
#include "tests/support/print_plan.h"

using namespace landshim;
using namespace landshim::tests;

namespace {

using Lines = std::vector<std::string>;

// "LINE: what" of every fault.
Lines faults_of(const std::string& text) {
  Policy policy;
  policy.sources.push_back({"/etc/p.ini", "p.ini", {}});
  std::vector<Fault> faults;
  interpret(parse(text, 0, faults), policy, faults);
  check(policy, faults);
  Lines out;
  for (const Fault& fault : faults) out.push_back(std::to_string(fault.origin.line) + ": " + fault.what);
  return out;
}

Lines match_fault(const std::string& expression) { return faults_of("[command x]\nmatch = " + expression + "\naction = deny\n"); }

// The names of the rules that a command line meets.
Lines met(const Policy& policy, const std::string& line) {
  const Result<std::vector<const CommandRule*>> rules = matching(policy, line);
  REQUIRE(rules);
  Lines out;
  for (const CommandRule* rule : *rules) out.push_back(rule->name);
  return out;
}

bool meets(const std::string& expression, const std::string& line) { return !met(made_up_policy("[policy]\nmode = strict\n[command x]\nmatch = " + expression + "\naction = deny\n"), line).empty(); }

Narrowing of(const Policy& policy, const std::string& line) { return narrowing(*matching(policy, line)); }

const std::string kStrict = "[policy]\nmode = strict\n";

}  // namespace

// --- reading ---

TEST_CASE("a rule is read with its name, its line and what it does", "[commands]") {
  const Policy policy = made_up_policy(kStrict + "[command git push]\nmatch = ^git  push \"x\", [;#]$\naction = deny\ndestructive = yes\n[command b]\nmatch = b\nnetwork = none\nfilesystem = readonly\ndestructive = no\n");
  REQUIRE(policy.commands.size() == 2);
  const CommandRule& one = policy.commands[0];
  CHECK(one.name == "git push");
  CHECK(one.origin == Origin{0, 3});
  CHECK(one.match == Setting<std::string>{"^git  push \"x\", [;#]$", {0, 4}});
  CHECK(one.action == Setting<Permission>{Permission::kDeny, {0, 5}});
  CHECK(one.destructive == Setting<bool>{true, {0, 6}});
  CHECK_FALSE(one.no_network.written());
  CHECK_FALSE(one.readonly.written());
  const CommandRule& two = policy.commands[1];
  CHECK(two.action == Setting<Permission>{Permission::kAllow, {}});
  CHECK(two.no_network == Setting<bool>{true, {0, 9}});
  CHECK(two.readonly == Setting<bool>{true, {0, 10}});
  CHECK(two.destructive == Setting<bool>{false, {0, 11}});
  CHECK(words(one) == "action = deny, destructive = yes");
  CHECK(words(two) == "network = none, filesystem = readonly");
}

TEST_CASE("a rule without an expression, without an effect or with one that it undoes is refused", "[commands]") {
  CHECK(faults_of("[command x]\n") == Lines{"1: [command x] says nothing of which commands it means; add match = and a regular expression over the command line"});
  CHECK(faults_of("[command x]\naction = deny\n") == Lines{"1: [command x] says nothing of which commands it means; add match = and a regular expression over the command line"});
  CHECK(faults_of("[command x]\nmatch = x\n") == Lines{"1: [command x] does nothing; add action, network, filesystem or destructive"});
  CHECK(faults_of("[command x]\nmatch =\naction = deny\n") == Lines{"2: match = : expected a regular expression over the command line"});
  CHECK(faults_of("[command x]\nmatch = x\nnetwork = none\naction = deny\n") == Lines{"3: network = none has no effect on what action = deny does not start; see action in line 4; keep one of the two"});
  CHECK(faults_of("[command x]\nmatch = x\naction = deny\nfilesystem = readonly\n") == Lines{"4: filesystem = readonly has no effect on what action = deny does not start; see action in line 3; keep one of the two"});
  CHECK(faults_of("[command x]\nmatch = x\naction = allow\nnetwork = none\n").empty());
}

TEST_CASE("values and keys that a rule does not have are refused, since rules only narrow", "[commands]") {
  const std::string begin = "[command x]\nmatch = x\n";
  CHECK(faults_of(begin + "action = kill\n") == Lines{"3: action = kill: expected deny or allow"});
  CHECK(faults_of(begin + "network = all\n") == Lines{"3: network = all: expected none"});
  CHECK(faults_of(begin + "network = nnoe\n") == Lines{"3: network = nnoe: expected none; did you mean 'none'?"});
  CHECK(faults_of(begin + "filesystem = rw\n") == Lines{"3: filesystem = rw: expected readonly"});
  CHECK(faults_of(begin + "destructive = maybe\n") == Lines{"3: destructive = maybe: expected yes or no"});
  CHECK(faults_of(begin + "action =\n").size() == 1);
  CHECK(faults_of(begin + "action = deny\nread = /etc\n") == Lines{"4: read: no such key in [command x], which can only narrow; it belongs to [filesystem]"});
  CHECK(faults_of(begin + "action = deny\ntruncate = /etc\n") == Lines{"4: truncate: no such key in [command x], which can only narrow; it belongs to [filesystem]"});
  CHECK(faults_of(begin + "action = deny\nacess = none\n").size() == 1);
  CHECK(faults_of(begin + "acton = deny\n").front() == "3: acton: no such key in [command x], which can only narrow; did you mean 'action'?");
  CHECK(faults_of("[policy]\nmatch = x\n") == Lines{"2: match: no such key in [policy]; it belongs to [command NAME]"});
  CHECK(faults_of("[policy]\nnetwork = none\n") == Lines{"2: network: no such key in [policy]; it belongs to [namespaces]"});
}

TEST_CASE("each rule has its keys once, and its name alone", "[commands]") {
  CHECK(faults_of("[command a]\nmatch = a\naction = deny\n[command b]\nmatch = b\naction = deny\n").empty());
  CHECK(faults_of("[command a]\nmatch = a\nmatch = b\naction = deny\n") == Lines{"3: match was given already, in line 2; keep one of the two lines"});
  CHECK(faults_of("[command a]\nmatch = a\naction = deny\n[command a]\nmatch = b\naction = deny\n") == Lines{"4: [command a] stands in line 1 already; give one of the two another name"});
  std::string many;
  for (std::size_t i = 0; i <= kMaxCommands; ++i) many += "[command " + std::to_string(i) + "]\nmatch = x\naction = deny\n";
  const Lines faults = faults_of(many);
  REQUIRE_FALSE(faults.empty());
  CHECK(faults.front() == std::to_string(kMaxCommands * 3 + 1) + ": more than 4096 sections [command NAME]; join expressions with |");
}

TEST_CASE("what regcomp refuses is refused in its words", "[commands]") {
  for (const char* expression : {"(a", "[a", "[[:wrong:]]", "a\\", "[b-a]", "a{3,2}"}) {
    INFO(expression);
    const Lines faults = match_fault(expression);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].starts_with("2: match = " + std::string(expression) + ": no regular expression: "));
    CHECK(faults[0].size() > ("2: match = " + std::string(expression) + ": no regular expression: ").size());
  }
  CHECK(match_fault("(a") == Lines{"2: match = (a: no regular expression: Unmatched ( or \\("});
}

TEST_CASE("what regcomp would read otherwise than it was meant is refused", "[commands]") {
  const auto why = [](const std::string& expression) {
    const std::string fault = expression_fault(expression);
    INFO(expression << ": " << fault);
    CHECK_FALSE(fault.empty());
    CHECK(match_fault(expression) == Lines{"2: match = " + expression + ": " + fault});
    return fault;
  };
  CHECK(why("\"git push\"") == "an expression stands without quotes; for the signs themselves write [\"]");
  CHECK(why("(a)\\1") == "\\1: an extended regular expression has no back references; write what is meant");
  CHECK(why("\\d+") == "\\d: no escape of a POSIX extended regular expression; write a class such as [[:digit:]], or the letter alone");
  CHECK(why("(?:a|b)")== "(?: a group of Perl; POSIX has plain groups only: write ( ) and [Aa] for letters of either case");
  CHECK(why("(?i)a").starts_with("(?: a group of Perl"));
  CHECK(why("a)") == ") closes a group that nothing has opened; for the sign itself write [)]");
  CHECK(why("*a") == "nothing stands before * that it could repeat; for the sign itself write [*]");
  for (const char* nothing : {"a|*", "(+a)", "^*", "a|?", "^{2}", "{2}"}) CHECK(why(nothing).starts_with("nothing stands before "));
  for (const char* twice : {"a+?", "a**", "a{2}+", "(a)*+"}) CHECK(why(twice).starts_with("two repetitions one after the other, the second by "));
  CHECK(why("a+?").ends_with(" by ?: POSIX has no lazy or possessive ones; remove one of the two"));
  for (const char* interval : {"a{", "a{}", "a{,3}", "a{x}", "a{1,2,3}", "a{1", "a{ 1}"}) CHECK(why(interval) == "{ begins a repetition such as {2}, {2,} or {2,5}; for the sign itself write [{]");
  CHECK(expression_fault(std::string(kMaxExpression, 'a')).empty());
  CHECK(why(std::string(kMaxExpression + 1, 'a')) == "longer than 1024 bytes; divide it into several rules");
}

TEST_CASE("an expression that would fill the memory is refused before it is compiled", "[commands]") {
  const std::string why = "its repetitions come to more than 2000 signs; write * or + for large numbers";
  CHECK(expression_fault("((a{200}){200}){200}") == why);
  CHECK(expression_fault("(a|b{9}){2000}") == why);
  std::string nested(40, '(');
  nested += 'a';
  for (int i = 0; i < 40; ++i) nested += ")+";
  CHECK(expression_fault(nested) == why);
  CHECK(expression_fault("a{99999999999999999999}") == why);
  CHECK(expression_fault("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").empty());
  CHECK(expression_fault("(a{10}){10}").empty());
  CHECK(expression_fault(std::string(500, '(') + "a" + std::string(500, ')')).empty());
}

TEST_CASE("signs are themselves inside brackets and after a backslash", "[commands]") {
  CHECK(meets("a[{]b", "a{b"));
  CHECK(meets("a[*+?]b", "a?b"));
  CHECK(meets("a[]b]c", "a]c"));
  CHECK(meets("a[^]b]c", "axc"));
  CHECK(meets("a[\\1]c", "a\\c"));
  CHECK(meets("[[:space:]*]x", "*x"));
  CHECK(meets("[[=a=]]x", "ax"));
  CHECK(meets("a\\*b", "a*b"));
  CHECK(meets("a\\{b", "a{b"));
  CHECK(meets("\"x", "say \"x\""));
}

// --- matching ---

TEST_CASE("an expression is looked for in the whole line, unless it says where", "[commands]") {
  CHECK(meets("push", "git push origin"));
  CHECK_FALSE(meets("^push", "git push"));
  CHECK(meets("^git( -[^ ]+)* push( |$)", "git -C push"));
  CHECK(meets("^git( -[^ ]+)* push( |$)", "git -v push x"));
  CHECK_FALSE(meets("^git( -[^ ]+)* push( |$)", "git pushy"));
  CHECK(meets("\\bpush\\b", "git push"));
  CHECK_FALSE(meets("PUSH", "push"));
  CHECK(meets("a.b", "a\nb"));
  for (const char* feed : {"a\nb", "a\r\nb\n", "\n\nb"}) CHECK_FALSE(meets("^b", feed));
  for (const char* feed : {"a\nb", "a\n"}) CHECK_FALSE(meets("a$", feed));
  CHECK(meets("^a[[:space:]]b$", "a\nb"));
  CHECK(meets("^a[^ ]b$", "a\nb"));
  CHECK(meets("a.b", "a\xff" "b"));
  CHECK(meets("\xc3\xa9", "caf\xc3\xa9"));
  CHECK(meets("x$", std::string(300'000, 'a') + "x"));
  CHECK(meets("^$", ""));
  CHECK(meets("a|^b", "b"));
  CHECK_FALSE(meets("x|^b", "ab"));
  CHECK(meets("x|b$|y", "ab"));
}

TEST_CASE("a line of a million signs is read once, whatever an expression begins with", "[commands]") {
  const std::string line(1'000'000, 'a');
  for (const char* expression : {".*push", "[^ ]*/rm ", "(.*)*x$", "\\bpush\\b", "a*b"}) {
    INFO(expression);
    CHECK_FALSE(meets(expression, line));
  }
  CHECK(meets(".*push", line + "push"));
  CHECK(meets("[^ ]*/rm ", line + "/rm " + line));
}

TEST_CASE("rules are taken in their order, and the first with an action ends the search", "[commands]") {
  const Policy policy = made_up_policy(kStrict +
                                       "[command net]\nmatch = ^git\nnetwork = none\n"
                                       "[command dry]\nmatch = push --dry-run\naction = allow\n"
                                       "[command push]\nmatch = git push\naction = deny\n"
                                       "[command after]\nmatch = git\nfilesystem = readonly\ndestructive = yes\n");
  CHECK(met(policy, "git push --dry-run") == Lines{"net", "dry"});
  CHECK(met(policy, "git push") == Lines{"net", "push"});
  CHECK(met(policy, "git fetch") == Lines{"net", "after"});
  CHECK(met(policy, "ls").empty());
  CHECK(of(policy, "git push").denied == &policy.commands[2]);
  const Narrowing dry = of(policy, "git push --dry-run");
  CHECK(dry.denied == nullptr);
  CHECK(dry.no_network == &policy.commands[0]);
  CHECK(dry.readonly == nullptr);
  CHECK_FALSE(dry.destructive);
  const Narrowing fetch = of(policy, "git fetch");
  CHECK(fetch.no_network == &policy.commands[0]);
  CHECK(fetch.readonly == &policy.commands[3]);
  CHECK(fetch.destructive);
  const Narrowing none = of(policy, "ls");
  CHECK((none.denied == nullptr && none.no_network == nullptr && none.readonly == nullptr && !none.destructive));
}

TEST_CASE("a denial names the rule's line and the command, on one line and not longer than people read", "[commands]") {
  const Policy policy = made_up_policy(kStrict + "[command push]\nmatch = git\naction = deny\n");
  CHECK(text(denial(policy, policy.commands[0], "git push")) == "made-up.ini:5: [command push] does not let this command start (action = deny): git push");
  CHECK(text(denial(policy, policy.commands[0], "git a\nlandshim: b\x1b[1m")).ends_with("git a\\x0alandshim: b\\x1b[1m"));
  CHECK(text(denial(policy, policy.commands[0], std::string(100'000, 'a'))).size() < 250);
}

// --- layers ---

TEST_CASE("the layer of network = none makes no socket but UNIX pairs, and leaves the rest alone", "[commands]") {
  const Policy policy = made_up_policy("[policy]\nmode = full-access\n[network]\naccess = all\n[command x]\nmatch = x\nnetwork = none\n");
  for (int abi = 0; abi <= kNewestAbi; ++abi) {
    INFO(abi);
    const Compiled compiled = compile(layer_policy(policy, policy.commands[0], Layer::kNoNetwork), made_up_host(abi));
    REQUIRE(compiled.refused.empty());
    const Plan& plan = compiled.plan;
    CHECK(plan.filter.otherwise == Action{});
    CHECK(decided(plan.filter, "socket", {AF_INET, SOCK_STREAM, 0, 0, 0, 0}) == Action{ActionKind::kDeny, EACCES});
    CHECK(decided(plan.filter, "socket", {AF_UNIX, SOCK_STREAM, 0, 0, 0, 0}) == Action{ActionKind::kDeny, EACCES});
    CHECK(decided(plan.filter, "socketpair", {AF_UNIX, SOCK_STREAM, 0, 0, 0, 0}) == Action{});
    for (const char* call : {"fchmodat", "mount", "bpf", "semget", "mq_open", "keyctl", "memfd_create", "execve", "sched_setaffinity"}) CHECK(decided(plan.filter, call, {0, 0, 0, 0, 0, 0}) == Action{});
    CHECK((plan.ruleset.handled_fs & ~(kRefer | kResolveUnix)) == 0);
    CHECK(plan.ruleset.scoped == 0);
    CHECK(plan.process == PlannedProcess{});
    CHECK_FALSE(plan.namespaces.used);
    CHECK(plan.given_up.empty());
  }
}

TEST_CASE("the layer of filesystem = readonly writes nothing but devices, and leaves the rest alone", "[commands]") {
  const Policy policy = made_up_policy("[policy]\nmode = full-access\n[network]\naccess = all\n[command x]\nmatch = x\nfilesystem = readonly\n");
  for (int abi = 1; abi <= kNewestAbi; ++abi) {
    INFO(abi);
    Policy layer = layer_policy(policy, policy.commands[0], Layer::kReadonly);
    std::vector<Fault> faults;
    Surroundings surroundings;
    surroundings.shim = "/usr/lib/shim.so";
    expand(layer, surroundings, faults);
    REQUIRE(faults.empty());
    const Compiled compiled = compile(layer, made_up_host(abi));
    REQUIRE(compiled.refused.empty());
    const Plan& plan = compiled.plan;
    CHECK((plan.ruleset.handled_fs & kChanging) == (abi_row(abi).fs & kChanging));
    CHECK(plan.ruleset.handled_net == 0);
    CHECK(plan.ruleset.scoped == 0);
    for (const PlannedPath& path : plan.ruleset.paths)
      if ((path.rights & kChanging) != 0) CHECK(path.path.starts_with("/dev/"));
    CHECK(decided(plan.filter, "socket", {AF_INET, SOCK_STREAM, 0, 0, 0, 0}) == Action{});
    CHECK(decided(plan.filter, "fchmodat", {0, 0, 0, 0, 0, 0}).kind == ActionKind::kDeny);
    CHECK(decided(plan.filter, "mount", {0, 0, 0, 0, 0, 0}) == Action{});
    CHECK(plan.process == PlannedProcess{});
  }
}

TEST_CASE("a layer is known by the policy and by what it does, not by the rule", "[commands]") {
  const Policy policy = made_up_policy(kStrict + "[command a]\nmatch = a\nnetwork = none\nfilesystem = readonly\n[command b]\nmatch = b\nnetwork = none\n");
  Policy other = policy;
  other.identity ^= 1;
  const auto identity = [](const Policy& one, std::size_t rule, Layer layer) { return layer_policy(one, one.commands[rule], layer).identity; };
  CHECK(identity(policy, 0, Layer::kNoNetwork) == identity(policy, 1, Layer::kNoNetwork));
  CHECK(identity(policy, 0, Layer::kNoNetwork) != identity(policy, 0, Layer::kReadonly));
  CHECK(identity(policy, 0, Layer::kNoNetwork) != identity(other, 0, Layer::kNoNetwork));
  for (const Layer layer : {Layer::kNoNetwork, Layer::kReadonly}) CHECK(identity(policy, 0, layer) != policy.identity);
  const Compiled compiled = compile(layer_policy(policy, policy.commands[1], Layer::kNoNetwork), made_up_host(7));
  CHECK(compiled.plan.filter.identity == identity(policy, 0, Layer::kNoNetwork));
}

TEST_CASE("a rule that this kernel could not hold is refused with the policy, not with the first command", "[commands]") {
  const std::string text = "[policy]\nmode = full-access\n[command x]\nmatch = x\nfilesystem = readonly\n";
  CHECK(refusal(text, made_up_host(0)).starts_with("made-up.ini:5: filesystem = readonly needs Landlock ABI 1 (Linux 5.13); "));
  CHECK(refusal(text, made_up_host(1)).empty());
  CHECK(refusal("[policy]\nmode = full-access\n[command x]\nmatch = x\nnetwork = none\n", made_up_host(0)).empty());
  const Plan plan = made_up_plan("[policy]\nunsupported = warn\n" + text.substr(text.find("mode")), made_up_host(0));
  REQUIRE(plan.given_up.size() == 1);
  CHECK(plan.given_up[0].what.starts_with("filesystem = readonly needs Landlock ABI 1"));
}

TEST_CASE("rules change nothing else of a plan", "[commands]") {
  const std::string base = "[policy]\nmode = readonly\n[network]\nconnect_tcp = 443\n";
  Plan with = made_up_plan(base + "[command x]\nmatch = x\nnetwork = none\nfilesystem = readonly\n", made_up_host(7));
  CHECK(with == made_up_plan(base, made_up_host(7)));
}

TEST_CASE("where no filter answers for a policy, it says that children are not seen", "[commands]") {
  Host host = made_up_host(7);
  host.seccomp = false;
  host.seccomp_error = ENOSYS;
  const Plan plan = made_up_plan("[policy]\nmode = readonly\nunsupported = warn\n[command x]\nmatch = x\nfilesystem = readonly\n", host);
  CHECK(std::any_of(plan.missing.begin(), plan.missing.end(), [](const Loss& loss) { return loss.what == "[command NAME] sees the program that is started, and nothing that it starts: no filter answers that the policy is in force"; }));
}

TEST_CASE("the library stays with what the program starts, though a list of variables would take it away", "[commands]") {
  const std::string base = "[policy]\nmode = readonly\n[environment]\nkeep = PATH\n";
  const std::string rule = "[command x]\nmatch = x\naction = deny\n";
  CHECK(made_up_plan(base + rule, made_up_host(7)).environment.keep == Lines{"PATH", "LD_PRELOAD", "LD_AUDIT", "LANDSHIM_POLICY"});
  CHECK(made_up_plan(base, made_up_host(7)).environment.keep == Lines{"PATH"});
  CHECK(made_up_plan(kStrict + rule, made_up_host(7)).environment.keep.empty());
  Host host = made_up_host(7);
  host.execs = true;
  CHECK(made_up_plan(base + rule, host).environment.keep == Lines{"PATH"});
}
