# The changes ("Try it"): chapters/NAME/changes/PROGRAM-WORD.patch and the transcript
# .console beside it, in which ./PROGRAM is the changed program.
#
# $(VARIANT)/changes/PROGRAM-WORD has the changed program and its source, and
# build/changes/PROGRAM-WORD.console is the recording.

PATCHES := $(wildcard $(CHAPTERS:%=chapters/%/changes/*.patch))
CHANGES := $(basename $(notdir $(PATCHES)))
# Of the change $1: its patch, its transcript, its program, which is its name without the
# last word, the source of that program, and the changed program.
patch_of = $(filter %/$1.patch,$(PATCHES))
transcript_of = $(patsubst %.patch,%.console,$(patch_of))
program_of = $(subst $() ,-,$(wordlist 2,$(words $(subst -, ,$1)),x $(subst -, ,$1)))
source_of = $(call source,$(program_of))
changed = $(VARIANT)/changes/$1/$(program_of)
CHANGED := $(foreach c,$(CHANGES),$(call changed,$c))
CHANGE_RECORDS := $(CHANGES:%=build/changes/%.console)
# The recordings of the changes of the chapters $1.
tried = $(patsubst %.patch,build/changes/%.console,$(notdir $(filter $(1:%=chapters/%/changes/%),$(PATCHES))))

.PHONY: refresh-changes $(CHANGES:%=try-%)

# For a stem PROGRAM-WORD/PROGRAM: the change.
change_of = $(patsubst %/,%,$(dir $*))
$(CHANGED:%=%.c): $(VARIANT)/changes/%.c: $$(call patch_of,$$(change_of)) \
		$$(call source_of,$$(change_of)) docs/change
	$(call begin,PATCH)docs/change apply $< $(word 2,$^) $(new) && $(keep)
$(CHANGED): $(VARIANT)/changes/%: $(VARIANT)/changes/%.c $(VARIANT)/linking
	$(call begin,CC)$(compile) || { echo '$(call patch_of,$(change_of)):1: the program with' \
		'this change does not compile: correct the change' >&2; false; }

$(CHANGE_RECORDS): build/changes/%.console: $$(call transcript_of,$$*) \
		$(OWN)/tools/record build/work/machine $$(call changed,$$*) \
		$$(addprefix build/bin/,$$(call named,$$(call transcript_of,$$*))) \
		| $(PROGRAMS:%=build/bin/%)
	$(call begin,RECORD)$(OWN)/tools/record -c build/changes/$* -b build/bin \
		-s $(patsubst %/changes/,%,$(dir $<)) -r "$$PWD" $< $@ && touch $@

$(CHANGES:%=try-%): try-%: $$(call changed,$$*) bin
	@docs/try $(call patch_of,$*) $(dir $<) $(BIN)
# The changes of the program with whose name $1 begins; all changes if there is no such program.
similar = $(or $(strip $(foreach p,$(PROGRAMS),$(if $(filter $p $p-%,$1),$(filter $p-%,$(CHANGES))))),$(CHANGES))
$(foreach w,$(call unknown,try,$(CHANGES)),$(error there is no change $w; there are: $(call similar,$w)))

# Rewrite the patches that no longer fit their programs exactly.
refresh-changes:
	@status=0; $(foreach c,$(CHANGES),docs/change refresh $(call patch_of,$c) \
		$(call source_of,$c) || status=1;) exit $$status
# Make a patch from FROM, an edited copy of the program.
change-%:
	@docs/change make $(dir $(or $(call source_of,$*),$(error there is no program \
		"$(call program_of,$*)": make change-PROGRAM-WORD FROM=COPY)))changes/$*.patch \
		$(call source_of,$*) \
		'$(or $(FROM),$(error make $@ needs FROM=COPY, an edited copy of the program))'
