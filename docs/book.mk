# The book: pages, search, index, PDF and EPUB.

PAGES := $(foreach l,$(LANGUAGES),$(CHAPTERS:%=build/book/$l/%.html) \
	$(addprefix build/book/$l/,index.html terms.html search-index.js))
STYLES := book.css code.css figures.css search.css
SCRIPTS := book.js search.js find.js
HTML := $(PAGES) build/book/index.html $(STYLES:%=build/book/%) $(SCRIPTS:%=build/book/%) \
	$(PROGRAMS:%=build/book/programs/%.c) \
	$(foreach d,$(DRAWINGS),build/book/figures/$(subst /figures,,$(d:chapters/%=%)))
SINGLE := $(LANGUAGES:%=build/book/linux-ipc.%.html)
PDF := $(LANGUAGES:%=build/book/linux-ipc.%.pdf)
LETTER := $(PDF:.pdf=.letter.pdf)
EPUB := $(LANGUAGES:%=build/book/linux-ipc.%.epub)

html: $(HTML)
	$(call prune,$(wildcard build/record/*/*),$(RECORDS:%=%.trace) \
		$(foreach l,$(LANGUAGES),$(call shown,$(RECORDS),$l)))
	$(call prune,$(wildcard build/book/*/*.html build/book/figures/*/* build/book/programs/*),$^)
single: $(SINGLE)
.PHONY: pdf-A4
pdf-A4: $(PDF)
letter: $(LETTER)
pdf: $(PDF) $(LETTER)
epub: $(EPUB)

ifneq ($(filter-out help clean,$(GOALS)),)
# A page that shows a program, a transcript or a drawing is made again when that is
# removed.
$(call stamp,build/work/sources,$(SOURCES) $(TRANSCRIPTS) $(DRAWINGS))
$(call stamp,build/work/date,$(SOURCE_DATE_EPOCH))
endif

# Pages ------------------------------------------------------------------------

# $1 form of the book, $2 language, $3 options of pandoc, $4 Markdown
pandoc = $(PANDOC) -d docs/pandoc/$1.yaml -M form=$(1:terms=page) -M language=$2 \
	-M records=build/record -M labels=build/work/$2/labels -M 'chapters=$(CHAPTERS)' \
	-M 'programs=$(PROGRAMS)' $3 -o $(new) $4
FILTERS := $(wildcard docs/filters/*.lua)
COMMON_PARTS := build/work/sources build/work/machine build/work/date $(FILTERS)
PAGE_PARTS := $(COMMON_PARTS) docs/pandoc/page.yaml docs/theme/page.html docs/theme/code.css
# $1 chapters, $2 language
texts = $(1:%=chapters/%/$2.md)
records_of = $(filter build/record/$1/%,$(RECORDS))
# All that a page in the language $2 shows of the chapter $1, beside its text.
parts = $(filter chapters/$1/%,$(SOURCES) $(DRAWINGS)) $(wildcard chapters/$1/functions/*.h) \
	$(call shown,$(call records_of,$1),$2) $(wildcard docs/faults.tsv)
folder = $(patsubst %/,%,$(dir $1))
language_of = $(notdir $(call folder,$@))

# The headings and directives of all chapters, so that a change of prose makes only
# its own page.
$(LANGUAGES:%=build/work/%/labels): build/work/%/labels: $$(call texts,$(CHAPTERS),$$*)
	$(call begin){ grep -H '^##* .*{#\|^::::* *{' $^ > $(new) || [ $$? = 1 ]; } && $(keep_changed)

pages = $(CHAPTERS:%=build/book/$1/%.html)
$(foreach l,$(LANGUAGES),$(call pages,$l)): build/book/%.html: \
		chapters/$$(notdir $$*)/$$(call folder,$$*).md book.md \
		build/work/$$(dir $$*)labels $(PAGE_PARTS) \
		$$(call parts,$$(notdir $$*),$$(call folder,$$*))
	$(call begin,PAGE)$(call pandoc,page,$(language_of),-M chapter=$(notdir $*),$<) && $(keep)
$(LANGUAGES:%=build/book/%/index.html): build/book/%/index.html: book.md build/work/%/labels \
		docs/pandoc/index.yaml $(PAGE_PARTS)
	$(call begin,PAGE)$(call pandoc,index,$*,,$<) && $(keep)
$(LANGUAGES:%=build/book/%/terms.html): build/book/%/terms.html: build/work/%/terms book.md \
		build/work/%/labels docs/pandoc/terms.yaml $(PAGE_PARTS)
	$(call begin,PAGE)$(call pandoc,terms,$*,-M chapter=terms -M terms=$<,/dev/null) && $(keep)

# Search and index -------------------------------------------------------------

# What can be found in a chapter: see docs/filters/search.lua. The preface is in
# index.entries.
entries = $(patsubst %,build/work/$1/%.entries,$(CHAPTERS) index)
build/work/%.entries: $$(if $$(filter index,$$(notdir $$*)),book.md,chapters/$$(notdir $$*)/$$(call folder,$$*).md) \
		$(COMMON_PARTS) $$(call parts,$$(notdir $$*),$$(call folder,$$*))
	$(call begin)$(PANDOC) --quiet -f markdown -t html -L docs/filters/search.lua \
		-M language=$(language_of) -M records=build/record -M 'chapters=$(CHAPTERS)' \
		-M 'programs=$(PROGRAMS)' $(if $(filter $(notdir $*),$(CHAPTERS)),-M chapter=$(notdir $*)) \
		-o $(new) $< && $(keep)
$(LANGUAGES:%=build/book/%/search-index.js): build/book/%/search-index.js: $$(call entries,$$*)
	$(call begin)cut -f 6 $^ | sed -e '1i window.searchIndex = [' -e '$$!s/$$/,/' \
		-e '$$a ];' > $(new) && $(keep)
$(LANGUAGES:%=build/work/%/terms): build/work/%/terms: $$(call entries,$$*)
	$(call begin)cut -f 1-5 $^ > $(new) && $(keep_changed)

# The whole book in one --------------------------------------------------------

whole = -M date=$(shell date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%d) book.md $(call texts,$(CHAPTERS),$1)
WHOLE_PARTS = book.md build/work/%/labels $(COMMON_PARTS) \
	$$(call texts,$(CHAPTERS),$$*) $$(foreach c,$(CHAPTERS),$$(call parts,$$c,$$*))
build/book/linux-ipc.%.html: docs/pandoc/single.yaml docs/theme/single.html \
		$(STYLES:%=docs/theme/%) $(WHOLE_PARTS)
	$(call begin,PAGE)$(call pandoc,single,$*,,$(call whole,$*)) && $(keep)
build/work/%/print.html: docs/pandoc/print.yaml docs/theme/print.html docs/theme/figures.css $(WHOLE_PARTS)
	$(call begin,PRINT)$(call pandoc,print,$*,,$(call whole,$*)) && $(keep)

# docs/tools/paper needs the Python that the command weasyprint runs with.
PAPER = $(or $(shell sed -n '1s/^\#! *//p' "$$(command -v $(WEASYPRINT))"),python3) docs/tools/paper
print_language = $(basename $*)
build/book/linux-ipc.%.pdf: build/work/$$(basename $$*)/print.html docs/theme/print.css \
		docs/theme/code.css docs/tools/paper
	$(call begin,PDF)$(PAPER) $(if $(findstring .letter,$@),letter,A4) $< $(new) && $(keep)

$(foreach l,$(LANGUAGES),build/work/$l/cover.svg build/work/$l/access.xml): build/work/%: \
		docs/theme/$$(notdir $$*) book.md $(FILTERS)
	$(call begin)$(PANDOC) --quiet --wrap=none -f markdown -t html -L docs/filters/book.lua \
		-M form=words -M language=$(language_of) --template=$< -o $(new) book.md && $(keep)
build/book/linux-ipc.%.epub: docs/pandoc/epub.yaml docs/theme/epub.css docs/theme/code.css \
		docs/theme/figures.css build/work/%/cover.svg build/work/%/access.xml docs/repack $(WHOLE_PARTS)
	$(call begin,EPUB)$(call pandoc,epub,$*,--epub-cover-image=build/work/$*/cover.svg,$(call whole,$*)) && \
		docs/repack $(new) build/work/$*/access.xml && $(keep)

# Files that are copied --------------------------------------------------------

build/book/figures/%.svg: $$(wildcard chapters/$$(dir $$*)figures/$$(notdir $$*).svg)
	$(call begin,COPY)cp $< $(new) && $(keep)
build/book/index.html $(SCRIPTS:%=build/book/%): build/book/%: docs/theme/%
	$(call begin,COPY)cp $< $(new) && $(keep)
# The rules of a style sheet for a dark system apply also to a reader who chose the
# dark theme: docs/dark adds them.
$(STYLES:%=build/book/%): build/book/%: docs/theme/% docs/dark
	$(call begin,COPY)docs/dark $< > $(new) && $(keep)

serve:
	@docs/serve $(PORT) $(MAKE) $(MAKEOVERRIDES) html
bench:
	docs/bench
