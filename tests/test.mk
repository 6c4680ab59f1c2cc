# The test suites. Each is a program of cmocka, tests/test_SUITE.c. Its output goes
# to build/tests/SUITE.log; tests/report shows the logs and sums them up.

# The suites that read pages, and their libraries. The other suites are not
# linked with these, because each fork() would copy the map of more memory.
READERS := book chapters draw quotes search
READER_LIBRARIES := libxml-2.0 libarchive
XML_FLAGS = $(shell pkg-config --cflags cmocka $(READER_LIBRARIES))
test_libraries = $(shell pkg-config --libs cmocka $(if $(filter $1,$(READERS)),$(READER_LIBRARIES)))

# test_transcripts runs in three ways, each other suite in one. "make hostile" runs test_hostile
# and test_hostile_recorder.
SUITES := $(filter-out transcripts hostile%,$(patsubst tests/test_%.c,%,$(wildcard tests/test_*.c))) \
	transcripts-terminal transcripts-pipe transcripts-file
# The files that a suite reads beside its own program. A log is valid until one of
# them changes.
TRACES = $(wildcard tests/traces/*)
READS_book = $(HTML) $(SINGLE) $(EPUB) $(LANGUAGES:%=build/work/%/print.html)
READS_chapters = $(HTML)
READS_quotes = book.md $(wildcard chapters/*/*.md chapters/*/unrecorded chapters/*/exercises/*/*.*) \
	$(SOURCES) $(PATCHES) $(wildcard chapters/*/tests/*.console) $(CHANGE_RECORDS) \
	$(foreach r,$(RECORDS),$r.console $(LANGUAGES:%=$r.%.calls))
READS_search = $(HTML) $(FILTER_FILES) $(wildcard docs/filters/synonyms/* chapters/*/queries tests/*search*.mjs)
READS_changes = $(FILTER_FILES) docs/change docs/try docs/check-chapters README.md $(SOURCES) $(PATCHES)
READS_functions = docs/tools/check-declaration
READS_filter = $(FILTER_FILES) tests/filter_jobs.lua
READS_record = $(TOOLS:%=build/tools/%) $(PROGRAMS:%=$(BIN)/%)
READS_draw = $(READS_record) $(TRACES)
READS_story = $(TRACES)
READS_places = $(READS_record)
READS_programs = $(PROGRAMS:%=$(BIN)/%) $(ALL_TRANSCRIPTS)
READS_transcripts = $(READS_programs) $(CHANGED) $(PATCHES:.patch=.console)
READS_exercises = $(JUDGED) $(wildcard $(EXERCISE_FOLDERS:%=%/*) $(EXERCISE_FOLDERS:%=%/wrong/*)) \
	build/tests/judge build/tests/inject $(PROGRAMS:%=$(BIN)/%)
READS_exercise_pages = $(FILTER_FILES) docs/check-chapters tests/exercise
READS_judge = build/tests/judge build/tests/inject
READS_faults = $(READS_programs) build/tests/inject
FILTER_FILES = $(wildcard docs/filters/*.lua docs/filters/lib/*.lua docs/filters/terms chapters/*/terms \
	docs/pandoc/* docs/theme/* docs/guide.md docs/scaffolding.c)
ALL_TRANSCRIPTS = $(TRANSCRIPTS) $(wildcard chapters/*/tests/*.console)
# The tests that the caller selects.
ONLY := $(strip $(TEST_FILTER) $(FAULTS))
# This suite tests a clone of the last commit, so it always runs.
ALWAYS := clone

LOGS := $(SUITES:%=build/tests/%.log)
.PHONY: $(SUITES:%=test-%)
test: $(LOGS)
	@tests/report $^
$(SUITES:%=test-%): test-%: build/tests/%.log
	@tests/report $^
$(foreach w,$(call unknown,test,$(SUITES)),$(error there is no suite $w; there are: $(SUITES)))
ifneq ($(filter test test-% build/tests/%,$(GOALS)),)
# A suite runs again if it failed, if it skipped a test, or if only some tests ran.
$(filter $(LOGS),$(shell grep -Ls '^status 0$$' build/tests/*.log; grep -lEs '^(skipped|only): ' build/tests/*.log)) \
	$(ALWAYS:%=build/tests/%.log) $(if $(ONLY),$(LOGS)): FORCE
$(call stamp,build/work/tested,$(CC) $(BIN))
endif
# transcripts-pipe is test_transcripts with the argument pipe. A sample of the faults:
# each distinct system call of each program fails once.
suite = $(firstword $(subst -, ,$*))
ARGUMENTS_faults := --sample
$(LOGS): build/tests/%.log: build/tests/test_$$(suite) $$(READS_$$(suite)) build/work/tested \
		build/work/machine build/work/strace
	$(call begin,TEST)CC=$(call quoted,$(CC)) PROGRAMS=$(BIN) tests/run-suite $@ '$(ONLY)' \
		$< $(ARGUMENTS_$(suite)) $(filter-out $(suite),$(subst -, ,$*))

# Objects of docs/tools that a suite is linked with, beside common/.
TEST_PARTS_strace := strace
TEST_PARTS_story := $(PARTS_draw)
TEST_PARTS_draw := svg
TEST_PARTS_places := places
# Objects of tests/ that a suite is linked with, beside support.o.
HELPERS_faults := fault_runs fault_memory input_hash remember side_by_side
HELPERS_exercises := $(HELPERS_faults)
HELPERS_judge := $(HELPERS_faults)
HELPERS_hostile := input_hash remember side_by_side
HELPERS_hostile_recorder := $(HELPERS_hostile)
helpers = $(patsubst %,$(OWN)/obj/tests/%.o,$1)
$(OWN)/tests/test_%: $(OWN)/obj/tests/test_%.o $(OWN)/obj/tests/support.o \
		$$(call helpers,$$(HELPERS_$$*) $$(if $$(filter $$*,$(READERS)),built_pages)) \
		$$(call objects,$$(TEST_PARTS_$$*)) $(COMMON)
	$(call begin,LD)$(HOSTCC) $(INSTRUMENTATION) -Wl,-z,now -o $(new) $^ $(call test_libraries,$*) && $(keep)
$(OWN)/obj/tests/%.o: LIBRARY_FLAGS = $(XML_FLAGS)

# Programs that the suites run. inject lets calls of a program fail, come late or be interrupted;
# with deny_call, ptrace() or msgget() always fails.
build/tests/inject build/tests/deny_call: build/tests/%: $(OWN)/obj/tests/%.o \
		$(OWN)/obj/common/memory.o $(OWN)/obj/common/file.o
	$(call begin,LD)$(HOSTCC) -o $(new) $^ && $(keep)
# The names of the system calls and errors in the system's headers.
$(addprefix $(OWN)/obj/tests/,inject.o fault_runs.o): build/work/names.inc
build/work/names.inc: $(OWN)/host-flags
	$(call begin)$(call names_of,$(HOSTCC)) > $(new) && [ -s $(new) ] && $(keep)
names_of = printf '\#include <%s.h>\n' sys/syscall errno | $1 -E -dM - | \
	sed -n 's/^\#define SYS_\([a-z0-9_]*\) .*/CALL(\1)/p; s/^\#define \(E[A-Z0-9]*\) .*/ERROR(\1)/p' | sort

# Each fault of each program, and each program on hostile ground. build/faults and
# build/hostile remember what has passed for programs that have not changed. The table
# has all programs, so a run of some (FAULTS=) leaves it alone.
faults: build/tests/test_faults build/tests/inject build/work/machine bin
	PROGRAMS=$(BIN) $< build/tests/faults.tsv
	$(if $(FAULTS),,tests/update-faults build/tests/faults.tsv build/work/machine $(FAULTS_TABLE))
hostile: build/tests/test_hostile build/tests/test_hostile_recorder build/tests/deny_call \
		$(TOOLS:%=build/tools/%) bin
	PROGRAMS=$(BIN) build/tests/test_hostile
	PROGRAMS=$(BIN) build/tests/test_hostile_recorder
# The chapter that shows the table of faults.
FAULTS_TABLE = $(wildcard chapters/*/faults.tsv)
