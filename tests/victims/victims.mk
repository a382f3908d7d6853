# The small programs that tests confine. Plain C or C++, no engine: a victim knows nothing of what holds it.

VICTIM_PROGRAMS := victim hostile thief witness state outer heap modules
VICTIMS := $(VICTIM_PROGRAMS:%=$(BUILD)/tests/%) $(BUILD)/tests/victim-static $(BUILD)/tests/witness-static \
  $(BUILD)/tests/libearly.so $(BUILD)/tests/witness-early $(BUILD)/tests/libeager.so $(BUILD)/tests/eager \
  $(BUILD)/tests/libsecond.so $(BUILD)/tests/witness-needs $(BUILD)/tests/heap-asan

$(VICTIM_PROGRAMS:%=$(BUILD)/tests/%): $(BUILD)/tests/%: tests/victims/%.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -pthread -o $@ $<

$(BUILD)/tests/victim-static $(BUILD)/tests/witness-static: $(BUILD)/tests/%-static: tests/victims/%.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -static -o $@ $<

$(BUILD)/tests/libeager.so $(BUILD)/tests/libsecond.so: $(BUILD)/tests/lib%.so: tests/victims/%.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -fPIC -shared -o $@ $<

$(BUILD)/tests/libearly.so: tests/victims/early.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -fPIC -shared -Wl,-z,initfirst -o $@ $<

# Found beside the program, wherever the build is moved.
$(BUILD)/tests/eager: tests/victims/eager_main.cc $(BUILD)/tests/libeager.so
	$(CXX) $(TEST_FLAGS) -o $@ $< -L$(BUILD)/tests -leager -Wl,-rpath,'$$ORIGIN'

$(BUILD)/tests/witness-early: tests/victims/witness.cc $(BUILD)/tests/libearly.so
	$(CXX) $(TEST_FLAGS) -o $@ $< -Wl,--no-as-needed -L$(BUILD)/tests -learly -Wl,-rpath,'$$ORIGIN'

$(BUILD)/tests/witness-needs: tests/victims/witness.cc $(BUILD)/liblandshim.so
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -o $@ $< -Wl,--no-as-needed -L$(BUILD) -llandshim -Wl,-rpath,'$$ORIGIN/..'

$(BUILD)/tests/heap-asan: tests/victims/heap.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -pthread -fsanitize=address -o $@ $<

# Where the allocators are not installed their tests are skipped, and say so.
ifneq ($(wildcard /usr/include/jemalloc/jemalloc.h),)
VICTIMS += $(BUILD)/tests/heap-jemalloc
$(BUILD)/tests/heap-jemalloc: tests/victims/heap.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -pthread -o $@ $< -Wl,--no-as-needed -ljemalloc
endif
ifneq ($(wildcard /usr/include/gperftools/tcmalloc.h),)
VICTIMS += $(BUILD)/tests/heap-tcmalloc
$(BUILD)/tests/heap-tcmalloc: tests/victims/heap.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -pthread -o $@ $< -Wl,--no-as-needed -ltcmalloc
endif

# A program for each name of the C library that it takes: tests/live/namesake_test.cc.
NAMESAKES := environ getenv secure_getenv syscall prctl open read fstat none
VICTIMS += $(NAMESAKES:%=$(BUILD)/tests/namesake-%)
$(NAMESAKES:%=$(BUILD)/tests/namesake-%): $(BUILD)/tests/namesake-%: tests/victims/namesake.cc tests/victims/herald.h
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -DNAMESAKE_$* -o $@ $<

# Early code of every kind: tests/live/doors_test.cc.
HERALDS := herald-alone herald herald-first herald-thread herald-static herald-static-pie herald-namesake
HERALD_LIBRARIES := libherald.so libheraldfirst.so libheraldthread.so libauditor.so
VICTIMS += $(HERALDS:%=$(BUILD)/tests/%) $(HERALD_LIBRARIES:%=$(BUILD)/tests/%)

# now: the loader asks for the indirect functions before it starts the program, not when they are called.
$(BUILD)/tests/libherald.so $(BUILD)/tests/libauditor.so: $(BUILD)/tests/lib%.so: tests/victims/lib%.cc tests/victims/herald.h
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -fPIC -shared -Wl,-z,now -o $@ $<

$(BUILD)/tests/libheraldfirst.so $(BUILD)/tests/libheraldthread.so: tests/victims/libheraldfirst.cc tests/victims/herald.h
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -fPIC -shared -pthread -Wl,-z,initfirst $(if $(findstring thread,$@),-DTHREAD) -o $@ $<

$(BUILD)/tests/herald-alone: herald_link :=
herald_libraries = -Wl,--no-as-needed -L$(BUILD)/tests $(1) -Wl,-rpath,'$$ORIGIN'
$(BUILD)/tests/herald: herald_link = $(call herald_libraries,-lherald)
$(BUILD)/tests/herald-first: herald_link = $(call herald_libraries,-lherald -lheraldfirst)
$(BUILD)/tests/herald-thread: herald_link = $(call herald_libraries,-lheraldthread)
$(BUILD)/tests/herald-static: herald_link := -static
$(BUILD)/tests/herald-static-pie: herald_link := -static-pie -fPIE
# no-builtin: the compiler would make a call of strlen of what is written in its place.
$(BUILD)/tests/herald-namesake: herald_link := -DNAMESAKE -fno-builtin
$(HERALDS:%=$(BUILD)/tests/%): tests/victims/herald.cc tests/victims/herald.h $(HERALD_LIBRARIES:%=$(BUILD)/tests/%)
	$(CXX) $(TEST_FLAGS) -o $@ $< $(herald_link)

ifneq ($(shell command -v musl-gcc),)
VICTIMS += $(BUILD)/tests/herald-musl
$(BUILD)/tests/herald-musl: tests/victims/herald.cc tests/victims/herald.h
	@mkdir -p $(@D)
	musl-gcc -x c++ $(TEST_FLAGS) -fno-exceptions -fno-rtti -o $@ $<
endif

# Attempts to get out, and the program that makes them and looks at the world: tests/escape.
ATTEMPTS := $(wildcard tests/escape/suite/attempts*.cc) tests/escape/suite/ordinary.cc tests/escape/suite/addresses.cc
SUITE := tests/escape/suite/suite.cc tests/escape/suite/world.cc tests/escape/suite/policies.cc tests/escape/suite/expected.cc tests/escape/suite/addresses.cc tests/support/world.cc
VICTIMS += $(BUILD)/tests/attempts $(BUILD)/tests/suite

$(BUILD)/tests/attempts: $(call test_object,$(ATTEMPTS))
	$(CXX) -pthread -o $@ $^ $(EXTRA)

$(BUILD)/tests/suite: $(call test_object,$(SUITE))
	$(CXX) -o $@ $^ $(EXTRA)
