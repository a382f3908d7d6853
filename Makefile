# landshim: `make try` shows a program held by a policy, `make check` runs every test, `make help` lists the rest.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CXX     ?= g++
JOBS    ?= $(shell nproc)
# WERROR=1 turns warnings into errors: for CI, not for people who build with another compiler than ours.
WERROR  ?= $(if $(CI),1,0)
# Small: what a start costs is the pages that it touches, not the instructions.
OPT     ?= -Os

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum $(if $(filter 1,$(WERROR)),-Werror)
HARDENING ?= -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
# No exceptions and no RTTI: the host process has no use for their tables, and a throw has nowhere to go before main.
# Position-independent and hidden: the same objects serve the library and the command.
# Sections: the linker drops what the library does not need of the standard library's templates, which
# _GLIBCXX_EXTERN_TEMPLATE=0 compiles here instead of pulling string and stream code out of libstdc++.
ENGINE_FLAGS := -std=c++20 $(OPT) -g $(WARNINGS) -I. -fno-exceptions -fno-rtti -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections \
  -D_GLIBCXX_EXTERN_TEMPLATE=0 -DLANDSHIM_PREFIX='"$(PREFIX)"' -DLANDSHIM_VERSION='"$(VERSION)"' $(HARDENING) $(EXTRA)
# The command may throw: its options and its JSON come from libraries that do. They are long: -O1 halves the time that g++
# takes, and what the command does once it has read them is not worth more.
COMMAND_FLAGS := -std=c++20 -O1 -g1 $(WARNINGS) -I. -fPIE -ffunction-sections -fdata-sections -DLANDSHIM_PREFIX='"$(PREFIX)"' -DLANDSHIM_VERSION='"$(VERSION)"' \
  $(HARDENING) $(EXTRA)
# g1: line numbers are all that a failing test needs, and the runners link faster. O0: they are compiled more often than run.
TEST_FLAGS := -std=c++20 -O0 -g1 -D_GLIBCXX_ASSERTIONS $(WARNINGS) -I. -DLANDSHIM_PREFIX='"$(PREFIX)"'
# Where the tests are compiled to: once, also for code under test that is compiled in several ways.
TESTS   ?= $(BUILD)/tests

# initfirst: the constructor runs before those of the program's libraries. now, relro: nothing stays writable that the
# loader is done with. defs: a symbol that the library lacks is an error here, not in somebody's program.
SHIM_LINK = -shared -nostdlib -Wl,--version-script=shim/$(basename $(@F)).map -Wl,-soname,$(@F) \
  -Wl,-z,relro,-z,now,-z,defs,-z,noexecstack -Wl,--gc-sections -Wl,--as-needed -Wl,--build-id -Wl,-T,shim/tables.ld
# What the library takes in: inih and the compiler's own runtime, static; libc stays the host's.
STATIC_LIBS := -Wl,-Bstatic -linih -Wl,-Bdynamic
# What the command alone takes in.
COMMAND_LIBS := -Wl,-Bstatic -lyaml-cpp -Wl,-Bdynamic

CONFIG_SOURCES  := $(wildcard config/*.cc)
# What the libraries have and the engine has not: constructors, la_version, a C++ runtime of their own.
LIBRARY_SOURCES := shim/arrive.cc shim/guest.cc shim/guest_functions.cc shim/start_stack.cc
ENGINE_SOURCES  := $(CONFIG_SOURCES) $(filter-out $(LIBRARY_SOURCES) shim/preload.cc shim/audit.cc,$(wildcard shim/*.cc))
COMMAND_SOURCES := $(wildcard shim/command/*.cc)
PROFILES        := $(sort $(wildcard config/profiles/*.ini))
object = $(patsubst %.cc,$(BUILD)/obj/%.o,$(1))

UNIT_SOURCES := $(wildcard tests/unit/*.cc) $(wildcard tests/support/*.cc)
LIVE_SOURCES := $(wildcard tests/live/*.cc) $(wildcard tests/escape/*.cc) $(wildcard tests/support/*.cc)

.PHONY: all tests try check check-faults escape check-asan check-rooms check-exports check-scripts check-report trials follow-cost bench check-bench fuzz deps install uninstall clean help
all: $(BUILD)/liblandshim.so $(BUILD)/liblandshim-audit.so $(BUILD)/landshim

help:
	@echo 'make               builds $(BUILD)/liblandshim.so and $(BUILD)/landshim'
	@echo 'make try           installs what is missing, builds, and shows a program held by a policy'
	@echo 'make check         installs what is missing, builds, runs every test; ends with a count'
	@echo 'make check-faults  what happens when system calls fail, one after the other, as root and as an ordinary user'
	@echo 'make escape        what becomes of every attempt to get out, policy by policy; PEERS=1: of other sandboxes too'
	@echo 'make check-asan    the unit tests with AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make check-rooms   include directions; make check-exports: no symbol leaks'
	@echo 'make check-report  the page of landshim report in a browser; installs chromium when it is missing, 300 MB'
	@echo 'make trials        learns policies of the programs that are installed, and replays them'
	@echo 'make follow-cost   what following a run costs: calls, a build and a start, as ratios'
	@echo 'make bench         what holding costs: starts, calls, workloads, growth, as ratios; BENCH_QUICK=1: a few rounds'
	@echo 'make check-bench   that the benchmark measures what it says: half a minute on a quiet machine'
	@echo 'make fuzz          fuzzes the loader, FUZZ_SECONDS (60) for each target; needs clang'
	@echo 'make deps          installs what is missing (apt-get), or prints what other systems call it'
	@echo 'make install       into DESTDIR=$(DESTDIR) PREFIX=$(PREFIX); make uninstall takes it away again'
	@echo 'make clean'

$(BUILD)/obj/%.o: %.cc Makefile
	@mkdir -p $(@D)
	$(CXX) $(ENGINE_FLAGS) -MMD -MP -c -o $@ $<

# Tables that the build makes: libseccomp knows the numbers of calls, and no start should have to look them up.
$(BUILD)/make-call-numbers: $(call object,shim/make/call_numbers.cc config/syscalls.cc)
	$(CXX) -o $@ $^ -lseccomp $(EXTRA)

$(BUILD)/call_numbers.cc: $(BUILD)/make-call-numbers
	$< > $@.new && mv $@.new $@

# The engine itself makes the filters that most starts load.
$(BUILD)/make-filters: $(call object,shim/make/filters.cc $(ENGINE_SOURCES)) $(BUILD)/obj/made/call_numbers.o
	$(CXX) -o $@ $^ $(STATIC_LIBS) $(EXTRA)

$(BUILD)/ready_filters.cc: $(BUILD)/make-filters
	$< > $@.new && mv $@.new $@

ENGINE_MADE := $(BUILD)/obj/made/call_numbers.o $(BUILD)/obj/made/ready_filters.o
$(ENGINE_MADE): $(BUILD)/obj/made/%.o: $(BUILD)/%.cc shim/made.h
	@mkdir -p $(@D)
	$(CXX) $(ENGINE_FLAGS) -c -o $@ $<

# A loop that copies must not become a call of the function that it is.
$(call object,shim/guest_functions.cc): ENGINE_FLAGS += -fno-builtin -fno-tree-loop-distribute-patterns

$(BUILD)/libengine.a: $(call object,$(ENGINE_SOURCES)) $(ENGINE_MADE)
	@rm -f $@
	$(AR) rcs $@ $^

# What every start runs stands together at the beginning of each library.
FIRST := $(LIBRARY_SOURCES) shim/host.cc shim/kernel.cc config/load.cc config/result.cc

$(BUILD)/liblandshim.so: $(call object,shim/preload.cc $(FIRST)) $(BUILD)/libengine.a shim/liblandshim.map
	$(CXX) $(SHIM_LINK) -Wl,-z,initfirst -o $@ $(filter %.o %.a,$^) $(STATIC_LIBS) -lgcc -lc

$(BUILD)/liblandshim-audit.so: $(call object,shim/audit.cc $(FIRST)) $(BUILD)/libengine.a shim/liblandshim-audit.map
	$(CXX) $(SHIM_LINK) -o $@ $(filter %.o %.a,$^) $(STATIC_LIBS) -lgcc -lc

# The command brings its profiles along, so that it needs no installation.
$(BUILD)/profiles.cc: $(PROFILES) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "shim/command/profiles.h"'; echo 'namespace landshim::command { namespace { constexpr OwnProfile kProfiles[] = {'; \
	  for file in $(PROFILES); do printf '{"%s", R"ini(' "$$(basename "$$file" .ini)"; cat "$$file"; echo ')ini"},'; done; \
	  echo '}; } std::span<const OwnProfile> own_profiles() { return kProfiles; } }'; } > $@

# So does the page of `landshim report`. Its policy lets in the one style and the one script that have these hashes.
REPORT_PARTS := $(addprefix shim/command/report/page.,html css js)
base64_sha256 = env printf "$$(sha256sum <$(1) | cut -c1-64 | sed 's/../\\x&/g')" | base64
$(BUILD)/page_parts.cc: $(REPORT_PARTS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "shim/command/report_page.h"'; echo 'namespace landshim::command { namespace { constexpr PageParts kParts = {'; \
	  for file in $(REPORT_PARTS); do printf 'R"part('; cat "$$file"; echo ')part",'; done; \
	  for file in $(wordlist 2,3,$(REPORT_PARTS)); do echo "\"$$($(call base64_sha256,"$$file"))\","; done; \
	  echo '}; } const PageParts& page_parts() { return kParts; } }'; } > $@

# nlohmann::json is a long header: g++ reads it once, for those that need it.
COMMAND_PCH := $(if $(findstring clang,$(CXX)),,$(BUILD)/command-pch/json.h.gch)
$(BUILD)/command-pch/json.h.gch: shim/command/json.h Makefile
	@mkdir -p $(@D)
	@echo '#include "$<"' > $(@:.gch=)
	$(CXX) $(COMMAND_FLAGS) -x c++-header -o $@ $(@:.gch=)

MADE_OBJECTS := $(BUILD)/obj/profiles.o $(BUILD)/obj/page_parts.o
COMMAND_OBJECTS := $(call object,$(COMMAND_SOURCES)) $(MADE_OBJECTS)
WITH_JSON := $(call object,$(shell grep -l '"shim/command/json.h"' $(COMMAND_SOURCES)))
$(COMMAND_OBJECTS): ENGINE_FLAGS = $(COMMAND_FLAGS)
$(WITH_JSON): ENGINE_FLAGS = $(COMMAND_FLAGS) $(COMMAND_PCH:%.gch=-include %)
$(WITH_JSON): $(COMMAND_PCH)

$(MADE_OBJECTS): $(BUILD)/obj/%.o: $(BUILD)/%.cc
	@mkdir -p $(@D)
	$(CXX) $(ENGINE_FLAGS) -c -o $@ $<

$(BUILD)/landshim: $(COMMAND_OBJECTS) $(BUILD)/libengine.a
	$(CXX) -Wl,-z,relro,-z,now -Wl,--gc-sections -static-libstdc++ -static-libgcc -pie -o $@ $^ $(COMMAND_LIBS) $(STATIC_LIBS) $(EXTRA)

# --- tests ---

# Catch2 is one header of 18,000 lines: g++ reads it once. Through a file of our own, so that it stays a system header.
PCH := $(if $(findstring clang,$(CXX)),,$(TESTS)/pch/catch2/catch.hpp.gch)

$(TESTS)/pch/catch2/catch.hpp.gch: Makefile
	@mkdir -p $(@D)
	@echo '#include "$(firstword $(wildcard /usr/include/catch2/catch.hpp /usr/local/include/catch2/catch.hpp))"' > $(@D)/catch.hpp
	$(CXX) $(TEST_FLAGS) -x c++-header -o $@ $(@D)/catch.hpp

$(TESTS)/obj/%.o: %.cc Makefile | $(PCH)
	@mkdir -p $(@D)
	$(CXX) -I$(TESTS)/pch $(TEST_FLAGS) -MMD -MP -c -o $@ $<

test_object = $(patsubst %.cc,$(TESTS)/obj/%.o,$(1))

# What of the command calls nobody, and what reads files that may be hostile.
UNIT_COMMAND := agreement convert_landlockconfig convert_landrun convert_sandboxec convert_sandboxer convert_words credentials \
  denial denials diagnosis disassembly draft event_text events exact_calls export_bubblewrap export_oci export_seatbelt \
  export_systemd features fitting_profile json kernel_records learned libraries log losses mounts needs object quoting report_page \
  run_record stand_by tree written
# What is tested comes first: of code that both sides have, the linker takes what the sanitizers see.
$(BUILD)/tests/unit: $(call object,$(ENGINE_SOURCES) $(UNIT_COMMAND:%=shim/command/%.cc)) $(ENGINE_MADE) $(call test_object,$(UNIT_SOURCES))
	@mkdir -p $(@D)
	$(CXX) -o $@ $^ -lseccomp $(COMMAND_LIBS) $(STATIC_LIBS) $(EXTRA)

$(BUILD)/tests/live: $(call test_object,$(LIVE_SOURCES)) $(BUILD)/libengine.a
	$(CXX) -o $@ $^ $(STATIC_LIBS) $(EXTRA)

include tests/victims/victims.mk

# O2: what is timed must not be the timing.
BENCH := $(BUILD)/tests/starter $(BUILD)/tests/calls $(BUILD)/tests/count
$(BUILD)/tests/count: tests/support/count.cc tests/support/count.h
$(BENCH): $(BUILD)/tests/%: tests/bench/%.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -O2 -o $@ $(filter %.cc,$^)

tests: $(BUILD)/tests/unit $(BUILD)/tests/live $(VICTIMS)

try: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@examples/try

# The unit tests run with sanitizers, which build them anew: tests/run does that beside the rest.
check: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all $(BUILD)/tests/live $(VICTIMS)
	@tests/run

check-faults: all tests
	@tests/run faults

escape: all $(BUILD)/tests/attempts $(BUILD)/tests/suite
	@LANDSHIM_BUILD=$(BUILD) tests/escape/table

# With its sanitizers g++ 12 takes <regex> for uninitialized. O0: twice as fast to compile; g1: line numbers are all that a
# report needs, and a quarter faster. What is tested is instrumented, and not the tests.
SANITIZE := -O0 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all $(if $(findstring clang,$(CXX)),,-Wno-maybe-uninitialized)
check-asan:
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/asan TESTS=$(BUILD)/tests OPT=-O0 HARDENING= EXTRA='$(SANITIZE)' $(BUILD)/asan/tests/unit
	$(BUILD)/asan/tests/unit

check-rooms:
	@tests/rooms

check-exports: $(BUILD)/liblandshim.so $(BUILD)/liblandshim-audit.so
	@tests/exports $^

check-scripts:
	@tests/scripts

check-report: $(BUILD)/landshim
	@tests/browser/run $(BUILD)/landshim

trials: all
	@LANDSHIM_BUILD=$(BUILD) tests/trials

follow-cost: all
	@LANDSHIM_BUILD=$(BUILD) tests/follow-cost

# BENCH_OPTIONS='--update-readme --strict'
bench: all $(BENCH)
	@LANDSHIM_BUILD=$(BUILD) tests/bench/run $(BENCH_OPTIONS)

check-bench: all $(BENCH)
	@LANDSHIM_BUILD=$(BUILD) tests/bench/test

FUZZ_SECONDS ?= 60
fuzz:
	@tests/fuzz/run $(FUZZ_SECONDS)

# --- machine ---

deps:
	@tests/deps

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/share/landshim/profiles \
	  $(DESTDIR)$(PREFIX)/share/doc/landshim $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7
	install -s -m 755 $(BUILD)/landshim $(DESTDIR)$(PREFIX)/bin/landshim
	install -s -m 644 $(BUILD)/liblandshim.so $(BUILD)/liblandshim-audit.so $(DESTDIR)$(PREFIX)/lib
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(BUILD)/landshim completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/landshim
	$(BUILD)/landshim completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_landshim
	$(BUILD)/landshim completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/landshim.fish
	install -m 644 $(PROFILES) $(DESTDIR)$(PREFIX)/share/landshim/profiles
	install -m 644 LICENSE README.md CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/landshim
	install -m 644 shim/landshim.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 config/landshim.ini.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 shim/liblandshim.7 $(DESTDIR)$(PREFIX)/share/man/man7

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/landshim $(DESTDIR)$(PREFIX)/lib/liblandshim.so $(DESTDIR)$(PREFIX)/lib/liblandshim-audit.so $(DESTDIR)$(PREFIX)/share/man/man1/landshim.1 \
	  $(DESTDIR)$(PREFIX)/share/man/man5/landshim.ini.5 $(DESTDIR)$(PREFIX)/share/man/man7/liblandshim.7
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/landshim $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_landshim \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/landshim.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/landshim $(DESTDIR)$(PREFIX)/share/doc/landshim

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) $(TESTS) -name '*.d' 2>/dev/null)
