# The checks beside the tests: style, analyzers, compilers, sanitizers, the PDF, the
# EPUB, and the pages in a browser.

CHECKS := check-names check-style check-shell check-lua check-js check-python check-links check-analyzers \
	check-json check-gcc check-clang check-musl-gcc check-sanitizers check-valgrind check-fuzz \
	check-sample coverage check-pdf check-epub check-dist check-html check-browser check-firefox
.PHONY: $(CHECKS) check-full instrumented
# One after the other, as the faults and the hostile ground take the whole machine.
check:
	+$(MAKE) test
	+$(MAKE) faults
	+$(MAKE) hostile
	+$(MAKE) $(CHECKS)
# No code outside chapters/ names a program or chapter of the book.
check-names:
	tests/names --self-test
	tests/names

# The checkers of the pages come from npm, in the versions of package-lock.json.
NODE := build/node/node_modules
$(NODE)/.package-lock.json: tests/browser/package.json tests/browser/package-lock.json
	$(call begin,NPM)mkdir -p build/node && cp $^ build/node && cd build/node && \
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json
include tests/lint.mk

# The static analyzers. gcc and clang-tidy read one file at a time, and read it again only after
# a change; cppcheck reads all files each time. .clang-tidy lists the checks. Only cppcheck reads
# the tests: cmocka ends a test with a jump, so the others would follow impossible paths.
ANALYZED := $(SOURCES) $(wildcard common/*.c docs/tools/*.c)
check-analyzers: $(ANALYZED:%.c=build/analyzed/%) build/work/names.inc
	cppcheck --quiet --std=c11 --platform=unix64 -D_GNU_SOURCE -D__x86_64__ --inline-suppr \
		--enable=warning,performance,portability --error-exitcode=1 \
		$(ANALYZED) $(wildcard tests/*.c tests/fuzz/*.c)
build/analyzed/%: %.c .clang-tidy chapters/.clang-tidy $(wildcard common/*.h docs/tools/*.h)
	$(call begin,ANALYZE)gcc $(ANALYZER_FLAGS) $(WARNINGS) -O2 -fanalyzer -Werror -c -o /dev/null $< && \
		{ clang-tidy --quiet $< -- $(ANALYZER_FLAGS) 2> $@.log || { cat $@.log >&2; exit 1; }; } && touch $@
build/analyzed/%: ANALYZER_FLAGS = -std=gnu17 -D_GNU_SOURCE
$(SOURCES:%.c=build/analyzed/%): ANALYZER_FLAGS = -std=gnu17

check-json: compile_commands.json $(LANGUAGES:%=build/book/%/search-index.js)
	python3 -m json.tool $< > /dev/null
	for index in $(filter %.js,$^); do \
		sed 's/^window.searchIndex = //; s/^];$$/]/' $$index | python3 -m json.tool > /dev/null || exit; done

# Each program alone, as a reader compiles it.
check-gcc check-clang check-musl-gcc: check-%:
	for file in $(SOURCES); do \
		$* -std=gnu17 $(WARNINGS) -Werror -O2 -fsyntax-only $$file || exit; done

# The transcripts and the tools under the sanitizers. Only clang has MemorySanitizer.
INSTRUMENTED := file match run session transcript places strace story draw record
instrumented: $(INSTRUMENTED:%=$(OWN)/%.log)
	@tests/report $^
ifdef INSTRUMENT
$(INSTRUMENTED:%=$(OWN)/%.log): $(OWN)/%.log: $(OWN)/tests/test_% $(TOOLS:%=$(OWN)/tools/%) FORCE
	$(call begin,TEST)OWN=$(OWN) tests/run-suite $@ '' $<
endif
check-sanitizers: build/tests/test_transcripts bin html
	+$(MAKE) SANITIZE=address,undefined bin
	PROGRAMS=build/sanitize-address-undefined/bin build/tests/test_transcripts terminal
	+$(MAKE) CC=clang SANITIZE=memory bin
	PROGRAMS=build/sanitize-memory/bin build/tests/test_transcripts terminal
	+$(MAKE) --no-print-directory INSTRUMENT=sanitized instrumented
coverage: bin html
	rm -rf build/coverage
	+$(MAKE) --no-print-directory INSTRUMENT=coverage instrumented
	tests/coverage build/coverage/obj

# The tools without an error of memory or a leaked descriptor.
check-valgrind: $(TOOLS:%=build/tools/%) bin $(RECORDS:%=%.console)
	tests/check-valgrind $(RECORDS:build/record/%=%)

check-pdf: pdf
	tests/pdf $(PDF) $(LETTER)
# A book of one chapter, that of docs/guide.md, in a copy of the tree.
check-sample: html $(addprefix build/tests/test_,book chapters programs search transcripts)
	tests/sample-book
check-epub: epub
	tests/epubcheck $(EPUB)
check-dist: dist
	tests/dist $(DIST) $(basename $(notdir $(DIST))) $(CHAPTERS)

# The checker of the W3C: no error and no warning. It takes the Korean index of terms
# for English, as most of the index is names of functions. build/book/machine has files of
# others.
check-html: html single $(NODE)/.package-lock.json
	java -jar $(NODE)/vnu-jar/build/dist/vnu.jar --Werror --also-check-css --also-check-svg \
		--filterpattern '.*appears to be written in English.*' \
		$$(find build/book -path build/book/machine -prune -o -name '*.html' -print -o -name '*.css' -print -o -name '*.svg' -print)
# BROWSER=search runs only that file of tests; ENGINE=firefox runs it in Firefox.
check-firefox: private ENGINE := firefox
check-firefox: private BROWSER := machine
check-browser check-firefox: html single $(NODE)/.package-lock.json
	ENGINE=$(ENGINE) CHROMIUM=$$(command -v $(CHROMIUM)) node --test --test-reporter=spec tests/browser/$(or $(BROWSER),*).test.mjs
# Builds without room on the disk, in a copy of the tree. Status 77: this user cannot mount a
# small disk, so the check is skipped.
check-full:
	tests/full-disk 2 12 || [ $$? = 77 ]
