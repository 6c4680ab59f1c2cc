# The book to give away: build/dist/linux-ipc-VERSION.zip and its checksum.

DIST := build/dist/linux-ipc-$(call spine,version).zip
.PHONY: dist
# The archive has all of build/book, with the machine if it was made.
dist: html single epub pdf
	$(call begin)mkdir -p $(dir $(DIST)) && docs/dist $(basename $(notdir $(DIST))) $(DIST).new $(CHAPTERS) && \
		mv $(DIST).new $(DIST) && cd $(dir $(DIST)) && sha256sum $(notdir $(DIST)) > $(notdir $(DIST)).sha256
	@echo 'The book is packed: $(DIST)'
