# The small programs that tests confine. Plain C or C++, no engine: a victim knows nothing of what holds it.

VICTIMS := $(BUILD)/tests/victim $(BUILD)/tests/victim-static

$(BUILD)/tests/victim: tests/victims/victim.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -o $@ $<

$(BUILD)/tests/victim-static: tests/victims/victim.cc
	@mkdir -p $(@D)
	$(CXX) $(TEST_FLAGS) -static -o $@ $<
