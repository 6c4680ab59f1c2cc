# The book: pages, search, index, PDF and EPUB.

PAGES := $(foreach l,$(LANGUAGES),$(CHAPTERS:%=build/book/$l/%.html) \
	$(addprefix build/book/$l/,index.html terms.html search-index.js synonyms.js))
STYLES := book.css code.css figures.css search.css
SCRIPTS := book.js search.js engine.js find.js
# If the Linux in the page was made ("make machine"), each listing and each recording has
# a button that opens it, and these files beside the pages are for the buttons.
MACHINE := $(if $(wildcard build/book/machine/state.js),yes,no)
MACHINE_yes := run.css run.js machine.css transcript.js player.js trace.js guest.js screens.js panel.js
STYLES += $(filter %.css,$(MACHINE_$(MACHINE)))
SCRIPTS += $(filter %.js,$(MACHINE_$(MACHINE)))
HTML := $(PAGES) build/book/index.html $(STYLES:%=build/book/%) $(SCRIPTS:%=build/book/%) \
	$(PROGRAMS:%=build/book/programs/%.c) \
	$(foreach d,$(DRAWINGS),build/book/figures/$(subst /figures,,$(d:chapters/%=%))) \
	$(if $(MACHINE_$(MACHINE)),build/book/transcripts.js $(LANGUAGES:%=build/book/%/panel-words.js))
SINGLE := $(LANGUAGES:%=build/book/linux-ipc.%.html)
PDF := $(LANGUAGES:%=build/book/linux-ipc.%.pdf)
LETTER := $(PDF:.pdf=.letter.pdf)
EPUB := $(LANGUAGES:%=build/book/linux-ipc.%.epub)

html: $(HTML)
	$(call prune,$(filter-out %.new %.strace,$(wildcard build/record/*/*)),$(RECORDS:%=%.recorded) $(RECORDS:%=%.trace) \
		$(foreach l,$(LANGUAGES),$(call shown,$(RECORDS),$l) \
		$(foreach f,single print epub,$(call drawn,$l,$f))))
	$(call prune,$(filter-out %.new,$(wildcard build/changes/*)),$(CHANGE_RECORDS) $(CHANGES:%=build/changes/%))
	$(call prune,$(wildcard build/book/*/*.html build/book/figures/*/* build/book/programs/*),$^)
single: $(SINGLE)
.PHONY: pdf-A4
pdf-A4: $(PDF)
letter: $(LETTER)
pdf: $(PDF) $(LETTER)
epub: $(EPUB)

# Running pandoc ---------------------------------------------------------------

# The filters write the names of the files that they have read into .d files. Do not read the .d
# files of a removed chapter: they name files of that chapter, which no rule can make.
-include $(wildcard $(foreach l,$(LANGUAGES),$(patsubst %,build/work/$l/%.*.d,$(CHAPTERS) index terms whole)))
# $1 language, $2 the name of the .d file
options = -M language=$1 -M records=build/record -M models=build/work/$1 -M 'chapters=$(CHAPTERS)' \
	-M 'files=$(SOURCES) $(TRANSCRIPTS) $(PATCHES) $(EXERCISE_TRANSCRIPTS)' \
	$(if $(MACHINE_$(MACHINE)),-M runnable=yes) -M depends=build/work/$1/$2.d -M target=$@
# $1 form of the book, $2 language, $3 the name of the .d file, $4 options, $5 Markdown
pandoc = $(call folder,build/work/$2) $(PANDOC) -d docs/pandoc/$1.yaml -M form=$1 $(call options,$2,$3) \
	$4 -o $(new) $5

ifneq ($(filter-out help clean,$(GOALS)),)
# Make the pages again when a program, a transcript, a change, an exercise, a drawing or a list
# of terms is added or removed.
$(call stamp,build/work/sources,$(SOURCES) $(TRANSCRIPTS) $(PATCHES) $(EXERCISE_FOLDERS) $(DRAWINGS) $(wildcard chapters/*/terms))
$(call stamp,build/work/spine,$(CHAPTERS))
$(call stamp,build/work/date,$(SOURCE_DATE_EPOCH))
$(call stamp,build/work/runnable,$(MACHINE))
endif
PAGE_PARTS := build/work/sources build/work/machine build/work/date build/work/runnable docs/pandoc/page.yaml \
	docs/theme/page.html docs/filters/book.lua

# For a stem LANGUAGE/CHAPTER: the language and the text. index is the preface.
language_of = $(patsubst %/,%,$(dir $1))
text_of = $(if $(filter index,$(notdir $1)),book.md,chapters/$(notdir $1)/$(call language_of,$1).md)
texts = $(CHAPTERS:%=chapters/%/$1.md)
# All files in the language $2 that are recorded for the chapters $1.
recorded = $(call shown,$(filter $(1:%=build/record/%/%),$(RECORDS)),$2) $(call tried,$1)

# Models and pages -------------------------------------------------------------

# The model of a page has its headings, numbers and ids. It is rewritten only when
# they change, so that a change of prose makes only its own page.
models = $(patsubst %,build/work/$1/%.model,index $(CHAPTERS))
chapter_option = $(if $(filter $(notdir $*),$(CHAPTERS)),-M chapter=$(notdir $*))
build/work/%.model: build/work/%.model.checked ;
$(foreach m,$(foreach l,$(LANGUAGES),$(call models,$l)),$(call lost,$m.checked,$m $m.d)): FORCE
build/work/%.model.checked: $$(call text_of,$$*) build/work/sources docs/filters/model.lua
	$(call begin)$(PANDOC) --quiet -f markdown -t json -L docs/filters/model.lua \
		$(call options,$(call language_of,$*),$(notdir $*).model) $(chapter_option) \
		-o $(new) $< && $(keep_changed)

# A page computes its own model. pandoc needs the files after "|" to exist. The .d file of the page
# names those that pandoc has read, so that a change of one of these makes the page again.
others = $(filter-out build/work/$1.model,$(call models,$(call language_of,$1)))
$(foreach l,$(LANGUAGES),$(CHAPTERS:%=build/book/$l/%.html)): build/book/%.html: \
		$$(call text_of,$$*) book.md $(PAGE_PARTS) $$(call checked,$$(notdir $$*)) \
		| $$(call others,$$*) $$(call recorded,$$(notdir $$*),$$(call language_of,$$*))
	$(call begin,PAGE)$(call pandoc,page,$(call language_of,$*),$(notdir $*).html,$(chapter_option) \
		-M entries=build/work/$*.entries,$<) && $(keep)
$(LANGUAGES:%=build/book/%/index.html): build/book/%/index.html: book.md docs/pandoc/index.yaml \
		$(PAGE_PARTS) | $$(call others,$$*/index)
	$(call begin,PAGE)$(call pandoc,index,$*,index.html,-M entries=build/work/$*/index.entries,$<) && $(keep)
$(LANGUAGES:%=build/book/%/terms.html): build/book/%/terms.html: build/work/%/terms book.md \
		$(PAGE_PARTS) | $$(call models,$$*)
	$(call begin,PAGE)$(call pandoc,page,$*,terms.html,-M chapter=terms -M terms=$<,/dev/null) && $(keep)

# Search and index -------------------------------------------------------------

# The rule of a page also writes its entries, which are what can be found in it: see
# docs/filters/lib/search.lua.
entries = $(patsubst %,build/work/$1/%.entries,$(CHAPTERS) index)
build/work/%.entries: build/book/%.html ;
$(foreach l,$(LANGUAGES),$(foreach e,$(call entries,$l),$(call lost,$(e:build/work/%.entries=build/book/%.html),$e $(e:.entries=.html.d)))): FORCE
$(LANGUAGES:%=build/book/%/search-index.js): build/book/%/search-index.js: $$(call entries,$$*) build/work/spine
	$(call begin)cut -f 6 $(filter %.entries,$^) | sed -e '1i window.searchIndex = [' -e '$$!s/$$/,/' \
		-e '$$a ];' > $(new) && $(keep)
$(LANGUAGES:%=build/book/%/synonyms.js): build/book/%/synonyms.js: docs/filters/synonyms/%
	$(call begin){ echo 'window.searchSynonyms = ['; \
		sed -e '/^$$/d' -e '/^#/d' -e 's/["\\]/\\&/g' -e 's/.*/"&",/' $<; echo '];'; } > $(new) && $(keep)
$(LANGUAGES:%=build/work/%/terms): %: %.checked ;
$(foreach l,$(LANGUAGES),$(call lost,build/work/$l/terms.checked,build/work/$l/terms) \
	$(call lost,build/book/$l/terms.html,build/work/$l/terms.html.d)): FORCE
$(LANGUAGES:%=build/work/%/terms.checked): build/work/%/terms.checked: $$(call entries,$$*) build/work/spine
	$(call begin)cut -f 1-5 $(filter %.entries,$^) > $(new) && $(keep_changed)

# The whole book in one --------------------------------------------------------

WHOLE_PARTS = book.md build/work/date build/work/sources docs/filters/book.lua \
	$$(call texts,$$*) $$(call checked,$(CHAPTERS)) | $$(call models,$$*) $$(call recorded,$(CHAPTERS),$$*)
# $1 form, $2 options
whole = $(call pandoc,$1,$*,whole.$1,$2,-M date=$(shell date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%d) \
	book.md $(call texts,$*))
$(foreach l,$(LANGUAGES),$(call lost,build/book/linux-ipc.$l.html,build/work/$l/whole.single.d) \
	$(call lost,build/work/$l/print.html,build/work/$l/whole.print.d) \
	$(call lost,build/book/linux-ipc.$l.epub,build/work/$l/whole.epub.d)): FORCE
build/book/linux-ipc.%.html: docs/pandoc/single.yaml docs/theme/single.html build/work/runnable $(WHOLE_PARTS) $$(call drawn,$$*,single)
	$(call begin,PAGE)$(call whole,single) && $(keep)
build/work/%/print.html: docs/pandoc/print.yaml docs/theme/print.html $(WHOLE_PARTS) $$(call drawn,$$*,print)
	$(call begin,PRINT)$(call whole,print) && $(keep)

# docs/tools/paper needs the Python in which WeasyPrint is installed. The first line of the
# command weasyprint names it. If its path has a space, pip makes the command a shell script,
# and the second line of the script executes this Python.
PYTHON = $(or $(shell sed -n -e "2s/^'''exec' \(\"[^\"]*\"\).*/\1/p" \
	-e '1{/sh *$$/!s/^\#! *//p}' "$$(command -v $(WEASYPRINT))"),python3)
# docs/tools/glyphs names the file and the line of a character that no font has: it looks
# in the sources first, then in the recordings. The PDFs of all sizes of paper have the same
# text.
TEXTS = book.md $(foreach l,$(LANGUAGES),$(call texts,$l)) $(SOURCES) $(TRANSCRIPTS) \
	$(PATCHES) $(wildcard chapters/*/exercises/*/*.* chapters/*/functions/*) \
	$(CHANGE_RECORDS) $(wildcard build/record/*/*)
build/work/%/glyphs: build/work/%/print.html docs/tools/glyphs
	$(call begin)$(PYTHON) docs/tools/glyphs $< $(TEXTS) && touch $@
build/book/linux-ipc.%.pdf: build/work/$$(basename $$*)/print.html build/work/$$(basename $$*)/glyphs \
		docs/theme/print.css docs/theme/code.css docs/tools/paper
	$(call begin,PDF)$(PYTHON) docs/tools/paper $(if $(findstring .letter,$@),letter,A4) $< $(new) && $(keep)

$(foreach l,$(LANGUAGES),build/work/$l/cover.svg build/work/$l/access.xml): build/work/%: \
		docs/theme/$$(notdir $$*) book.md docs/filters/book.lua docs/filters/words.lua
	$(call begin)$(PANDOC) --quiet --wrap=none -f markdown -t html -L docs/filters/book.lua \
		-M form=words -M language=$(call language_of,$*) --template=$< -o $(new) book.md && $(keep)
build/book/linux-ipc.%.epub: docs/pandoc/epub.yaml docs/theme/epub.css docs/theme/code.css \
		docs/theme/figures.css build/work/%/cover.svg build/work/%/access.xml docs/repack $(WHOLE_PARTS) $$(call drawn,$$*,epub)
	$(call begin,EPUB)$(call whole,epub,--epub-cover-image=build/work/$*/cover.svg) && \
		docs/repack $(new) build/work/$*/access.xml && $(keep)

# The Linux in the page --------------------------------------------------------

# All transcripts, as "CHAPTER/NAME", "changes/NAME" and "exercises/NAME". The panel types
# their commands and compares their outputs.
build/book/transcripts.js: $(TRANSCRIPTS) $(PATCHES:.patch=.console) \
		$(EXERCISE_TRANSCRIPTS) build/work/sources
	$(call begin){ echo 'ipcMachine.transcripts = {'; for file in $(filter %.console,$^); do \
		echo "$$file" | sed -e 's,\.console$$,,' -e 's,.*/changes/,changes/,' -e 's,.*/exercises/[^/]*/,exercises/,' -e 's,^chapters/,,' -e 's/.*/"&": `/'; \
		sed -e 's/[\\`$$]/\\&/g' "$$file" && echo '`,'; done; echo '};'; } > $(new) && $(keep)
$(LANGUAGES:%=build/book/%/panel-words.js): build/book/%/panel-words.js: docs/theme/panel-words.txt \
		book.md docs/filters/book.lua docs/filters/words.lua
	$(call begin)$(PANDOC) --quiet --wrap=none -f markdown -t html -L docs/filters/book.lua \
		-M form=words -M language=$* --template=$< -o $(new) book.md && $(keep)

# Files that are copied --------------------------------------------------------

build/book/figures/%.svg: $$(wildcard chapters/$$(dir $$*)figures/$$(notdir $$*).svg)
	$(call begin,COPY)cp $< $(new) && $(keep)
build/book/index.html $(SCRIPTS:%=build/book/%): build/book/%: docs/theme/%
	$(call begin,COPY)cp $< $(new) && $(keep)
# docs/dark copies the rules for a dark system, so that they also apply if the reader chose
# the dark theme.
$(STYLES:%=build/book/%): build/book/%: docs/theme/% docs/dark
	$(call begin,COPY)docs/dark $< > $(new) && $(keep)

serve:
	@docs/serve $(PORT) $(MAKE) $(MAKEOVERRIDES) html
bench:
	docs/bench
