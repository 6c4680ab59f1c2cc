# The recordings of the transcripts, their system calls and their pictures.

RECORDS := $(TRANSCRIPTS:chapters/%.console=build/record/%)

# The compiler, C library, kernel and architecture, and whether strace is there,
# decide the content of a recording.
ifneq ($(filter-out help clean,$(GOALS)),)
$(call stamp,build/work/system,$(CC) $(shell uname -srm))
$(call stamp,build/work/strace,$(shell command -v strace))
endif
build/work/machine: build/work/system docs/machine \
		$(shell command -v $(firstword $(CC))) $(wildcard /usr/include/features.h)
	$(call begin)docs/machine '$(CC)' > $(new) && $(keep_changed)

# The programs that the transcript $1 names as ./PROGRAM, in a command or a comment.
named = $(filter $(PROGRAMS),$(patsubst ./%,%,$(filter ./%,$(file <$1))))
build/record/%.console build/record/%.trace: chapters/%.console $(OWN)/tools/record \
		build/work/strace build/work/machine \
		$$(addprefix build/bin/,$$(call named,chapters/$$*.console)) | $(PROGRAMS:%=build/bin/%)
	$(call begin,RECORD)$(OWN)/tools/record -b build/bin -s $(dir $<) -r "$$PWD" \
		$< build/record/$*.console build/record/$*.trace

# $* is a recording with a language, such as pipe/pipe1.en.
of = build/record/$(basename $*)
language = $(patsubst .%,%,$(suffix $*))
build/record/%.calls: $$(of).trace $(OWN)/tools/calls
	@$(OWN)/tools/calls $(language) $< $@
build/record/%.pictures: chapters/$$(basename $$*).console $$(of).trace $(OWN)/tools/draw
	@$(OWN)/tools/draw $(language) chapters/$(basename $*).console $(of).trace $@

# All that a page in the language $2 shows of the recordings $1.
shown = $(foreach r,$1,$r.console $r.$2.calls $r.$2.pictures)
