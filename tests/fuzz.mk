# The fuzzers: random input for the readers of outside data, each for FUZZ_SECONDS.
# New inputs go to build/fuzz/corpus; an input that fails is build/fuzz/crash-....

FUZZ_SECONDS ?= 60
FUZZERS := $(basename $(notdir $(wildcard tests/fuzz/*.c)))
FUZZED_strace := $(PARTS_draw:%=docs/tools/%.c) common/syscalls.c common/visible.c
FUZZED_calls := $(PARTS_calls:%=docs/tools/%.c) common/file.c common/syscalls.c common/visible.c
FUZZED_transcript := common/transcript.c common/file.c common/visible.c
FUZZED_match := common/match.c common/transcript.c common/file.c common/visible.c
SEEDS_strace := tests/traces
SEEDS_calls := tests/traces tests/fuzz/corpus/strace
SEEDS_transcript := build/fuzz/seeds
SEEDS_match := build/fuzz/seeds

.PHONY: $(FUZZERS:%=fuzz-%) check-fuzz
fuzz: $(FUZZERS:%=fuzz-%)
# The corpus stays from check to check, so that ten seconds find new inputs.
check-fuzz:
	+$(MAKE) --no-print-directory FUZZ_SECONDS=10 fuzz
$(FUZZERS:%=fuzz-%): fuzz-%: build/fuzz/% build/fuzz/seeds
	@mkdir -p build/fuzz/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -timeout=20 -dict=tests/fuzz/$*.dict -print_final_stats=1 \
		-artifact_prefix=build/fuzz/ build/fuzz/corpus/$* tests/fuzz/corpus/$* $(SEEDS_$*)
build/fuzz/seeds: $(TRANSCRIPTS)
	rm -rf $@ && mkdir -p $@ && for t in $^; do cp $$t $@/$$(echo $$t | tr / -) || exit; done
$(FUZZERS:%=build/fuzz/%): build/fuzz/%: tests/fuzz/%.c $$(FUZZED_$$*) common/memory.c \
		$(wildcard docs/tools/*.[ch] common/*.h)
	$(call begin,CC)clang -std=gnu17 -D_GNU_SOURCE -O1 -g \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(XML_FLAGS) \
		-o $(new) $< $(FUZZED_$*) common/memory.c $(call test_libraries,book) && $(keep)
