# The machine in the page: a Linux that runs in the reader's browser, with the programs
# of the book, a compiler and strace. docs/page-machine/README.md describes its parts.
#
# Not part of make: a download of 160 MB and some minutes. At the end the pages are made
# again, with buttons. Each step is a rule with its file in $(MACHINE_WORK), so that an
# interrupted make goes on where it was. Set MACHINE_WORK to a folder outside build/ to
# keep the steps from make clean. Clones can share it: the long steps depend on what their
# sources say, not on their dates.

MACHINE_WORK ?= build/machine
MACHINE_BOOK := build/book/machine
MW := $(MACHINE_WORK)
PM := docs/page-machine
# MACHINE_WORK may be on another file system, so the new file is beside its target.
$(MW)/%: new = $@.$$PPID.new
MACHINE_FILES := $(addprefix $(MACHINE_BOOK)/,libv86.js wasm.js state.js xterm.js xterm.css \
	about.js NOTICES.txt)

.PHONY: machine machine-sources check-machine
# MACHINE in docs/book.mk is set before the state exists, so another make adds the buttons.
machine: $(MACHINE_FILES)
	@du -ch $^ | sed 's/^/  /'
	+@$(MAKE) --no-print-directory html single

# Packages: of Debian, and of npm.
$(MW)/versions: $(MW)/versions.checked ;
$(call lost,$(MW)/versions.checked,$(MW)/versions): FORCE
$(MW)/versions.checked: $(PM)/packages | $(PM)/fetch
	$(call begin,FETCH)$(PM)/fetch $(MW) > $(new) && $(keep_changed)
# Packages of Debian 12 have files in bin/ and lib/ that those of Debian 13 have in usr/.
$(MW)/root/.merged: $(MW)/versions
	$(call begin,UNPACK)rm -rf $(@D) && mkdir $(@D) && while read -r _ _ use file; do \
		[ $$use = source ] || dpkg -x "$(MW)/debs/$$file" $(@D) || exit; done < $< && \
		cd $(@D) && for folder in bin lib; do { [ ! -e $$folder ] || cp -a $$folder usr; } && \
		rm -rf $$folder && ln -s usr/$$folder $$folder || exit; done && touch .merged
MACHINE_NODE := $(MW)/node/node_modules
$(MACHINE_NODE)/.package-lock.json: $(PM)/package.json $(PM)/package-lock.json
	$(call begin,NPM)cp $^ $(MW)/node && cd $(MW)/node && \
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

# What the steps were made of. These files change only with what their sources say, so that
# clones with other programs can share $(MACHINE_WORK).
made_of := $(patsubst %,$(MW)/%.made-of,kernel guest record state)
$(made_of): %: %.checked ;
$(made_of:%=%.checked): FORCE
$(MW)/kernel.made-of.checked: $(MW)/versions
	$(call begin){ grep ' source ' $<; cat $(PM)/kernel.config; } > $(new) && $(keep_changed)
$(MW)/guest.made-of.checked: $(MW)/versions
	$(call begin)cksum $< $(PM)/initrd $(PM)/cc $(PM)/guest/* $(SOURCES) tests/judge.c tests/inject.c tests/kernel_names.h \
		$(EXERCISE_TRANSCRIPTS) $(EXERCISE_TRANSCRIPTS:.console=.c) \
		$(wildcard common/*.[ch] $(EXERCISE_FOLDERS:%=%/rules)) > $(new) && $(keep_changed)
$(MW)/record.made-of.checked:
	$(call begin)cksum $(PM)/cc $(MACHINE_TOOL_record) docs/tools/*.h common/*.h > $(new) && $(keep_changed)
$(MW)/state.made-of.checked: $(MW)/initrd.gz $(MW)/bzImage
	$(call begin)cksum $(MW)/initrd.gz $(MW)/bzImage $(PM)/save.mjs $(PM)/machine.mjs $(PM)/package-lock.json > $(new) && $(keep_changed)

$(MW)/bzImage: $(MW)/kernel.made-of | $(PM)/kernel
	$(call begin,KERNEL)$(PM)/kernel $(MW)

# The programs of the book and the tools, for i386 and with the guest's C library. A
# tool is compiled from the C files that MACHINE_TOOL_NAME lists.
MACHINE_TOOLS := fourth-line inject judge restore terminals
MACHINE_TOOL_fourth-line := $(PM)/guest/fourth-line.c
MACHINE_TOOL_inject := tests/inject.c common/memory.c common/file.c
MACHINE_TOOL_judge := tests/judge.c $(wildcard common/*.c)
MACHINE_TOOL_restore := $(PM)/guest/restore.c
MACHINE_TOOL_terminals := $(PM)/guest/terminals.c
MACHINE_TOOL_record := $(PARTS_record:%=docs/tools/%.c) docs/tools/record.c $(wildcard common/*.c)
machine_cc = $(PM)/cc $(MW) -O2 -s
$(PROGRAMS:%=$(MW)/bin/%): $(MW)/bin/%: $(MW)/guest.made-of $(MW)/root/.merged
	$(call begin,CC)$(machine_cc) -o $(new) $(call source,$*) && $(keep)
$(MACHINE_TOOLS:%=$(MW)/tools/%): $(MW)/guest.made-of
$(MW)/check/record: $(MW)/record.made-of
$(MACHINE_TOOLS:%=$(MW)/tools/%) $(MW)/check/record: $(MW)/root/.merged
	$(call begin,CC)$(machine_cc) -D_GNU_SOURCE -iquote $(MW) -DNAMES='"names.inc"' -o $(new) $(MACHINE_TOOL_$(@F)) && $(keep)
$(MW)/tools/inject: $(MW)/names.inc
$(MW)/names.inc: $(MW)/root/.merged
	$(call begin)$(call names_of,$(PM)/cc $(MW)) > $(new) && [ -s $(new) ] && $(keep)

$(MW)/initrd.gz: $(PROGRAMS:%=$(MW)/bin/%) $(MACHINE_TOOLS:%=$(MW)/tools/%)
	$(call begin,GEN)EXERCISES='$(EXERCISE_FOLDERS)' $(PM)/initrd $(MW) $(new) $(SOURCES) $(PROGRAMS:%=$(MW)/bin/%) && $(keep)
$(MW)/state.zst: $(MW)/state.made-of | $(MACHINE_NODE)/.package-lock.json
	$(call begin,BOOT)node $(PM)/save.mjs $(MW) $(new).state && zstd -q --ultra -22 --rm -f -o $(new) $(new).state && $(keep)

# The page loads script files, because a page from file:// cannot fetch. The data is in a
# comment, which a browser reads several times faster than a string. docs/theme/guest.js splits
# the script at "/*" and "*/". The data may end with "/", so a blank comes before "*/".
script = { printf 'window.ipcMachine = window.ipcMachine || {};\nipcMachine.$1 = function () {/*'; base64 -w 0; printf ' */};\n'; } > $(new)
$(MACHINE_BOOK)/state.js: $(MW)/state.zst docs/machine.mk
	$(call begin,GEN)$(call script,state) < $< && $(keep)
$(MACHINE_BOOK)/wasm.js: $(MACHINE_NODE)/.package-lock.json docs/machine.mk
	$(call begin,GEN)gzip -9nc $(MACHINE_NODE)/v86/build/v86.wasm | $(call script,wasm) && $(keep)
$(MACHINE_BOOK)/libv86.js: MODULE = v86/build/libv86.js
$(MACHINE_BOOK)/xterm.js: MODULE = @xterm/xterm/lib/xterm.js
$(MACHINE_BOOK)/xterm.css: MODULE = @xterm/xterm/css/xterm.css
$(addprefix $(MACHINE_BOOK)/,libv86.js xterm.js xterm.css): $(MACHINE_NODE)/.package-lock.json
	$(call begin,COPY)sed '/^\/[/*]# sourceMappingURL/d' $(MACHINE_NODE)/$(MODULE) > $(new) && $(keep)
$(MACHINE_BOOK)/about.js: $(PM)/about.mjs $(filter-out %/about.js %/NOTICES.txt,$(MACHINE_FILES))
	$(call begin,GEN)node $(PM)/about.mjs $(MW) $(MACHINE_BOOK) > $(new) && $(keep)
$(MACHINE_BOOK)/NOTICES.txt: $(PM)/notices $(MW)/root/.merged $(MACHINE_NODE)/.package-lock.json
	$(call begin,GEN)$(PM)/notices $(MW) > $(new) && $(keep)

# Each transcript is played in the machine: with the programs in it, and with programs
# compiled in it; that of a change with the changed program. Each exercise is judged
# there: its skeleton, its solution and the wrong solutions.
# PLAY=CHAPTER/NAME plays one transcript, or judges CHAPTER/exercises/NAME.
check-machine: machine $(MW)/check/record $(CHANGED:%=%.c)
	node $(PM)/check.mjs $(MW) $(MACHINE_BOOK) \
		$(if $(PLAY),$(or $(wildcard $(PLAY:%=chapters/%.console) $(filter %/$(PLAY),$(EXERCISE_FOLDERS))),\
		$(error there is no transcript and no exercise $(PLAY))),$(ALL_TRANSCRIPTS) $(PATCHES:.patch=.console) $(EXERCISE_FOLDERS))
# What must be offered with the state: the sources of the packages, the options of the
# kernel, and the scripts.
machine-sources: $(MW)/bzImage
	$(PM)/fetch $(MW) source > $(MW)/versions.now && cmp $(MW)/versions $(MW)/versions.now || \
		{ echo 'Debian has newer packages than those in the state: remove $(MW)/versions.checked and run make machine' >&2; false; }
	mkdir -p $(MW)/sources && cp "$(MW)/debs/$$(sed -n 's/.* source //p' $(MW)/versions)" $(MW)/kernel.config $(MW)/versions $(MW)/sources
	tar -czf $(MW)/sources/scripts.tar.gz docs/machine.mk $(PM)
	@echo 'The sources are in $(MW)/sources'
