# The recordings of the transcripts, their system calls and their pictures.

RECORDS := $(TRANSCRIPTS:chapters/%.console=build/record/%)

# The compiler, C library, kernel and architecture, and whether strace is there,
# decide the content of a recording.
ifneq ($(filter-out help clean,$(GOALS)),)
$(call stamp,build/work/system,$(CC) $(CC_VERSION) $(shell uname -srm))
$(call stamp,build/work/strace,$(shell command -v strace))
endif
build/work/machine: build/work/machine.checked ;
$(call lost,build/work/machine.checked,build/work/machine): FORCE
build/work/machine.checked: build/work/system docs/machine \
		$(wildcard /usr/include/features.h)
	$(call begin)docs/machine $(call quoted,$(CC)) > $(new) && $(keep_changed)

# The programs that are a word ./PROGRAM of the transcript $1, in a command or a comment.
named = $(filter $(PROGRAMS),$(patsubst ./%,%,$(filter ./%,$(file <$1))))
# make compares the date of RECORD.recorded: when the recording was last made. The files of the
# recording keep their dates if their text stays the same, so the pages are not made again. This
# matters for a program that is in recordings of several chapters.
build/record/%.console build/record/%.trace: build/record/%.recorded ;
$(foreach r,$(RECORDS),$(call lost,$r.recorded,$r.console $r.trace)): FORCE
$(RECORDS:%=%.recorded): build/record/%.recorded: chapters/%.console $(OWN)/tools/record \
		build/work/strace build/work/machine \
		$$(addprefix build/bin/,$$(call named,chapters/$$*.console)) | $(PROGRAMS:%=build/bin/%)
	$(call begin,RECORD)$(OWN)/tools/record -b build/bin -s $(dir $<) -r "$$PWD" \
		$< build/record/$*.console build/record/$*.trace && : > $@

# The calls and the pictures of CHAPTER/RECORD.LANGUAGE. The pictures are for a page;
# those for another form of the book are in CHAPTER/RECORD.LANGUAGE.FORM.pictures.
part = $(word $1,$(subst ., ,$*))
trace = build/record/$(call part,1).trace
draw = $(OWN)/tools/draw -f $(or $(call part,3),page) $1 $(call part,2) \
	chapters/$(call part,1).console $(trace) $@
build/record/%.calls: $$(trace) $(OWN)/tools/calls
	@$(OWN)/tools/calls $(call part,2) $< $@
build/record/%.pictures: chapters/$$(call part,1).console $$(trace) $(OWN)/tools/draw
	@$(draw)
# On paper the colours are attributes, as WeasyPrint applies no style sheet to an SVG.
$(foreach l,$(LANGUAGES),$(RECORDS:%=%.$l.print.pictures)): build/record/%.pictures: \
		chapters/$$(call part,1).console $$(trace) $(OWN)/tools/draw docs/theme/figures.css
	@$(call draw,-s docs/theme/figures.css)

# All that a page in the language $2 shows of the recordings $1.
shown = $(foreach r,$1,$r.console $r.$2.calls $r.$2.pictures)
# The pictures of all recordings in the language $1 for the form $2.
drawn = $(RECORDS:%=%.$1.$2.pictures)
