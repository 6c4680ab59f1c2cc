# Each declaration of a function table, chapters/NAME/functions/F.h, is compared
# with the system's headers before a page shows it.

# The stamps of the declarations of the chapters $1, for pages to depend on.
checked = $(patsubst %.h,build/work/%.ok,$(wildcard $(1:%=chapters/%/functions/*.h)))

build/work/%.ok: %.h docs/tools/check-declaration build/work/machine
	$(call begin,CHECK)CC=$(call quoted,$(CC)) docs/tools/check-declaration $< && touch $@
