# The tools that make the book, and the objects that tools and tests share.

TOOLS := record calls draw

HOST_FLAGS := -std=gnu17 -D_GNU_SOURCE $(WARNINGS) -O2 -g
# INSTRUMENT=coverage or sanitized builds the tools and their tests in a folder of
# their own.
OWN := build$(INSTRUMENT:%=/%)
INSTRUMENTATION_OF_coverage := -O0 --coverage -fprofile-update=atomic
INSTRUMENTATION_OF_sanitized := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
INSTRUMENTATION := $(INSTRUMENTATION_OF_$(INSTRUMENT))

ifneq ($(filter-out help clean,$(GOALS)),)
$(call stamp,$(OWN)/host-flags,$(HOSTCC) $(HOST_FLAGS) $(INSTRUMENTATION))
endif

COMMON := $(patsubst %.c,$(OWN)/obj/%.o,$(wildcard common/*.c))
OBJECTS := $(COMMON) $(patsubst %.c,$(OWN)/obj/%.o,$(wildcard docs/tools/*.c tests/*.c))
$(OBJECTS:.o=.d): ;
-include $(wildcard $(OBJECTS:.o=.d))
# gcov finds the counts of an object by the name under which it was compiled, so an
# object is not renamed.
$(OWN)/obj/%.o: %.c $(OWN)/obj/%.d $(OWN)/host-flags
	$(call begin,CC)$(HOSTCC) $(HOST_FLAGS) $(INSTRUMENTATION) $(LIBRARY_FLAGS) \
		-MMD -MP -MF $(@:.o=.d) -c -o $@ $<

# The objects of docs/tools that each tool needs beside its own and common/.
PARTS_record := trace strace places
PARTS_calls := strace world label svg
PARTS_draw := strace world story label svg picture course ends
objects = $(patsubst %,$(OWN)/obj/docs/tools/%.o,$1)
$(TOOLS:%=$(OWN)/tools/%): $(OWN)/tools/%: $$(call objects,$$* $$(PARTS_$$*)) $(COMMON)
	$(call begin,LD)$(HOSTCC) $(INSTRUMENTATION) -Wl,-z,now -o $(new) $^ && $(keep)

compile_commands.json: GNUmakefile $(SOURCES) $(wildcard common/*.c docs/tools/*.c tests/*.c)
	$(call begin,GEN)docs/compile-commands '$(HOSTCC)' '$(PROGRAM_FLAGS)' '$(HOST_FLAGS)' \
		$(filter %.c,$^) > $(new) && $(keep)
