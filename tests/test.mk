# The test suites. Each is a program of cmocka, tests/test_SUITE.c. Its output goes
# to build/tests/SUITE.log; tests/report shows the logs and sums them up.

TEST_LIBRARIES := cmocka libxml-2.0 libarchive
XML_FLAGS = $(shell pkg-config --cflags $(TEST_LIBRARIES))
TEST_LIBS = $(shell pkg-config --libs $(TEST_LIBRARIES))

# test_transcripts runs in three ways; each other suite in one.
SUITES := $(filter-out transcripts,$(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c))) \
	transcripts-terminal transcripts-pipe transcripts-file
# The suites that need the built book, the programs, or the tools. The others need
# only what they are linked with.
BOOK_SUITES := book chapters functions filter search
PROGRAM_SUITES := programs hostile faults static transcripts-terminal transcripts-pipe transcripts-file
TOOL_SUITES := record draw strace places

LOGS := $(SUITES:%=build/tests/%.log)
.PHONY: $(SUITES:%=test-%)
test: $(LOGS)
	@tests/report $^
$(SUITES:%=test-%): test-%: build/tests/%.log
	@tests/report $^
$(BOOK_SUITES:%=build/tests/%.log): html single epub pdf-A4
$(PROGRAM_SUITES:%=build/tests/%.log): bin
$(TOOL_SUITES:%=build/tests/%.log): $(TOOLS:%=build/tools/%)
# transcripts-pipe is test_transcripts with the argument pipe.
suite = $(firstword $(subst -, ,$*))
$(LOGS): build/tests/%.log: build/tests/test_$$(suite) FORCE
	$(call begin)echo '  TEST $*' && { CC='$(CC)' PROGRAMS=$(BIN) $< $(filter-out $(suite),$(subst -, ,$*)) \
		> $@ 2>&1; echo "status $$?" >> $@; }

# Objects of docs/tools that a suite is linked with, beside common/.
TEST_PARTS_strace := $(PARTS_draw)
TEST_PARTS_story := $(PARTS_draw)
TEST_PARTS_draw := svg
TEST_PARTS_places := places
$(OWN)/tests/test_%: $(OWN)/obj/tests/test_%.o $(OWN)/obj/tests/support.o $(OWN)/obj/tests/pages.o \
		$$(call objects,$$(TEST_PARTS_$$*)) $(COMMON)
	$(call begin,LD)$(HOSTCC) $(INSTRUMENTATION) -o $(new) $^ $(TEST_LIBS) && $(keep)
$(OWN)/obj/tests/%.o: LIBRARY_FLAGS = $(XML_FLAGS)

# Programs that the suites run: they make system calls fail (inject), take them away
# (without).
build/tests/inject build/tests/without: build/tests/%: $(OWN)/obj/tests/%.o $(OWN)/obj/common/memory.o
	$(call begin,LD)$(HOSTCC) -o $(new) $^ && $(keep)
build/tests/faults.log: build/tests/inject
build/tests/hostile.log: build/tests/without
$(OWN)/tests/test_faults: $(OWN)/obj/tests/trial.o
build/tests/test_hostile: build/obj/tests/ground.o
# The names of the system calls and errors in the system's headers.
$(addprefix $(OWN)/obj/tests/,inject.o trial.o): build/work/names.inc
build/work/names.inc: $(OWN)/host-flags
	$(call begin)printf '#include <%s.h>\n' sys/syscall errno | $(HOSTCC) -E -dM - | \
		sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/CALL(\1)/p; s/^#define \(E[A-Z0-9]*\) .*/ERROR(\1)/p' | \
		sort > $(new) && $(keep)

# The table of faults is in the chapter that shows it.
FAULTS_TABLE = $(wildcard chapters/*/faults.tsv)
faults: build/tests/test_faults build/tests/inject bin
	PROGRAMS=$(BIN) $< build/tests/faults.tsv && { echo "# $(file <build/work/machine), $$(date -u +%F)"; \
		cat build/tests/faults.tsv; } > build/new/faults.tsv && mv build/new/faults.tsv $(FAULTS_TABLE)
