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
PICTURE_TRANSCRIPT = $(or $(wildcard chapters/$(RECORD).console),\
	$(error make picture needs RECORD=CHAPTER/TRANSCRIPT; there is no transcript chapters/$(RECORD).console))

.PHONY: picture
ifneq ($(filter picture,$(MAKECMDGOALS)),)
picture: $(PICTURE_TRANSCRIPT) build/record/$(RECORD).trace $(OWN)/tools/draw docs/theme/figures.css
	@mkdir -p $(dir $(PICTURE)) && $(OWN)/tools/draw -f file -s docs/theme/figures.css \
		-p $(PICTURE_NAME) $(PICTURE_LANGUAGE) $(wordlist 1,2,$^) $(PICTURE) && \
		echo 'The picture is drawn: open $(PICTURE)'
endif
