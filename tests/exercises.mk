# The exercises: chapters/NAME/exercises/EX/, judged by tests/judge.c.
#
# build/exercises/EX/WORD/EX is a compiled program of an exercise. WORD is "skeleton",
# "solution" or "wrong-WORD" for the files in the folder, and "learner" for exercises/EX.c,
# the learner's copy of the skeleton.

EXERCISES := $(notdir $(EXERCISE_FOLDERS))
folder_of = $(filter %/$1,$(EXERCISE_FOLDERS))
# The programs of the folder $1.
judged_words = skeleton solution $(patsubst $1/wrong/%.c,wrong-%,$(wildcard $1/wrong/*.c))
JUDGED := $(foreach f,$(EXERCISE_FOLDERS),$(foreach w,$(call judged_words,$f),build/exercises/$(notdir $f)/$w/$(notdir $f)))
# For a stem EX/WORD/EX: the exercise, and the source of the program.
exercise_of = $(firstword $(subst /, ,$*))
word_of = $(word 2,$(subst /, ,$*))
judged_source = $(call folder_of,$(exercise_of))/$(or $(patsubst wrong-%,wrong/%,$(filter wrong-%,$(word_of))),$\
	$(filter solution,$(word_of)),$(exercise_of)).c

.PHONY: exercises $(EXERCISES:%=exercise-%)
$(JUDGED): build/exercises/%: $$(judged_source) $(VARIANT)/linking
	$(call begin,CC)$(CC) $(PROGRAM_FLAGS) -Werror $(LDFLAGS) $(linking) -o $(new) $< && $(keep)

# The language of the task and the hints.
READER := $(if $(filter ko%,$(LOCALE)),ko,en)
exercises:
	@tests/exercise list '$(READER)' $(EXERCISE_FOLDERS)
# FILE=: judge this file instead of the learner's copy.
$(EXERCISES:%=exercise-%): exercise-%: build/tests/judge build/tests/inject bin $(VARIANT)/linking
	@PROGRAMS=$(BIN) HINT='$(HINT)' WATCH='$(WATCH)' FILE='$(FILE)' \
		tests/exercise judge '$(READER)' $(call folder_of,$*) \
		$(CC) $(PROGRAM_FLAGS) $(LDFLAGS) $(linking)
$(foreach w,$(call unknown,exercise,$(EXERCISES)),$(error there is no exercise $w; there are: $(EXERCISES)))

build/tests/judge: $(OWN)/obj/tests/judge.o $(COMMON)
	$(call begin,LD)$(HOSTCC) -o $(new) $^ && $(keep)
