# The linters, and the format of C.

STYLED := $(wildcard chapters/*/*.c chapters/*/exercises/*/*.c chapters/*/exercises/*/wrong/*.c \
	common/*.[ch] docs/tools/*.[ch] docs/page-machine/guest/*.c tests/*.[ch] tests/*/*.c)
# The scripts have no suffix; their first line says which language they are in.
SCRIPTED := $(wildcard .ci/* chapters/linking docs/* docs/tools/* docs/page-machine/* docs/page-machine/guest/* tests/*)
scripts = $(shell grep -lI '^\#!/.*\b$1$$' $(SCRIPTED) 2>/dev/null)

check-style:
	clang-format --dry-run -Werror $(STYLED)
format:
	clang-format -i $(STYLED)
check-shell:
	shellcheck $(call scripts,\(ba\)\?sh)
check-lua:
	luacheck --quiet --config tests/luacheckrc docs/filters tests/filter_jobs.lua
check-js: $(NODE)/.package-lock.json
	$(NODE)/.bin/oxlint -c tests/oxlintrc.json docs/theme docs/page-machine tests
check-python:
	pyflakes3 $(call scripts,python3)
check-links:
	tests/links $(wildcard *.md docs/*.md docs/*/*.md)
