# One picture of a recording, to look at while a program or the drawing changes.
#
#     make picture RECORD=CHAPTER/TRANSCRIPT [NAME=ends-fork] [LANGUAGE=ko]
#
# NAME and LANGUAGE count only on the command line, as the environment may have
# variables with these names.
given = $(if $(filter command line,$(origin $1)),$($1),$2)
PICTURE_NAME := $(call given,NAME,course)
PICTURE_LANGUAGE := $(call given,LANGUAGE,en)
PICTURE := build/pictures/$(RECORD)/$(PICTURE_NAME).svg
PICTURE_RECORDS := $(RECORDS:build/record/%=%)
# The name that was meant by the path of a transcript, otherwise any name.
PICTURE_EXAMPLE = $(firstword $(filter $(PICTURE_RECORDS),$(RECORD:chapters/%=%) \
	$(basename $(RECORD:chapters/%=%))) $(PICTURE_RECORDS))

.PHONY: picture
ifneq ($(filter picture,$(MAKECMDGOALS)),)
ifeq ($(filter $(PICTURE_RECORDS),$(RECORD)),)
$(error $(if $(RECORD),RECORD=$(RECORD): there is no such transcript,RECORD= is missing): \
	write for example RECORD=$(PICTURE_EXAMPLE))
endif
ifeq ($(filter $(LANGUAGES),$(PICTURE_LANGUAGE)),)
$(error LANGUAGE=$(PICTURE_LANGUAGE): choose $(subst $() , or ,$(LANGUAGES)))
endif
picture: chapters/$(RECORD).console build/record/$(RECORD).trace $(OWN)/tools/draw docs/theme/figures.css
	@mkdir -p $(dir $(PICTURE)) && $(OWN)/tools/draw -f file -s docs/theme/figures.css \
		-p $(PICTURE_NAME) $(PICTURE_LANGUAGE) $(wordlist 1,2,$^) $(PICTURE) && \
		echo 'The picture is drawn: open $(PICTURE)'
endif
