# The programs of the book.

comma := ,
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong

# A sanitizer needs shared libraries, so its programs get a folder of their own.
ifdef SANITIZE
VARIANT := build/sanitize-$(subst $(comma),-,$(SANITIZE))
HARDENING :=
else
VARIANT := build
endif
BIN := $(VARIANT)/bin

# -g: the pictures link each call to its line.
PROGRAM_FLAGS = -std=gnu17 -g $(WARNINGS) $(HARDENING) $(CFLAGS)

bin: $(PROGRAMS:%=$(BIN)/%)
	$(call prune,$(wildcard $(BIN)/*),$^)

.PHONY: $(PROGRAMS) $(PROGRAMS:%=run-%)
$(PROGRAMS): %: $(BIN)/%
# All programs and their sources, in one folder, as one may execute or read another.
$(PROGRAMS:%=run-%): run-%: bin
	$(if $V,,@)mkdir -p $(VARIANT)/run && cd $(VARIANT)/run && \
		ln -sf $(SOURCES:%="$$OLDPWD"/%) $(PROGRAMS:%="$$OLDPWD"/$(BIN)/%) . && ./$* $(ARGS)

$(foreach w,$(call unknown,run,$(PROGRAMS)),$(error there is no program $w; there are: $(PROGRAMS)))

# The source of the program $1. vpath would also find a file that is gone, if an old .d
# file names it.
source = $(filter %/$1.c,$(SOURCES))
# Without strip, make 4.3 now and then leaves the newline at the end of the file, and the
# shell takes it for the end of the command.
linking = $(strip $(file <$(VARIANT)/linking))
# The name of the source is absolute, as a program may read its own source.
compile = $(CC) $(PROGRAM_FLAGS) $(LDFLAGS) $(linking) -o $(new) "$$PWD/$<" && $(keep)
$(PROGRAMS:%=$(BIN)/%): $(BIN)/%: $$(call source,$$*) $(VARIANT)/linking
	$(call begin,CC)$(compile)

# A program is compiled again if the way to compile it changes, or the folder, whose name
# is in its debugging information.
ifneq ($(filter-out help clean,$(GOALS)),)
CC_VERSION := $(shell $(CC) --version)
$(call stamp,$(VARIANT)/compiler,$(CC) $(CC_VERSION) $(PROGRAM_FLAGS) $(LDFLAGS) in $(CURDIR))
endif
$(VARIANT)/linking: $(VARIANT)/compiler chapters/linking
	$(call begin)$(if $(SANITIZE),echo -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -g,\
		chapters/linking $(call quoted,$(CC))) > $(new) && $(keep)

build/book/programs/%.c: $$(call source,$$*)
	$(call begin,COPY)cp $< $(new) && $(keep)
