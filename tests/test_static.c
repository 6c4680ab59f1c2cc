/* Proves that every program of the book is there as a static executable, which
 * runs on any Linux of its architecture: it asks for no loader, no library. */
#include "support.h"

#include <elf.h>
#include <glob.h>
#include <libgen.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/file.h"
#include "../common/memory.h"

static char *bytes;
static size_t length;

static int forget(void **state)
{
    (void)state;
    free(bytes);
    bytes = NULL;
    return 0;
}

/* The count things of size bytes at offset; they have to be in the file. */
static const void *at(size_t offset, size_t count, size_t size)
{
    assert_true(offset <= length);
    assert_true(count <= (length - offset) / size);
    return bytes + offset;
}

static void needs_no_library(const ElfW(Phdr) * dynamic)
{
    size_t count = dynamic->p_filesz / sizeof(ElfW(Dyn));
    const ElfW(Dyn) *entry = at(dynamic->p_offset, count, sizeof *entry);

    for (size_t i = 0; i < count && entry[i].d_tag != DT_NULL; i++)
        if (entry[i].d_tag == DT_NEEDED)
            fail_msg("%s", "it needs a shared library (DT_NEEDED)");
}

static void is_static(void **state)
{
    char *path = text_format("build/bin/%s", (const char *)*state);
    const ElfW(Ehdr) * header;
    const ElfW(Phdr) * segment;

    bytes = file_read(path, &length);
    if (bytes == NULL)
        fail_msg("%s is not there", path);
    free(path);
    header = at(0, 1, sizeof *header);
    assert_memory_equal(header->e_ident, ELFMAG, SELFMAG);
    assert_int_equal(header->e_ident[EI_CLASS],
                     sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32);
    assert_true(header->e_type == ET_EXEC || header->e_type == ET_DYN);
    assert_int_equal(header->e_phentsize, sizeof *segment);
    segment = at(header->e_phoff, header->e_phnum, sizeof *segment);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segment[i].p_type == PT_INTERP)
            fail_msg("%s", "it needs a loader (PT_INTERP)");
        if (segment[i].p_type == PT_DYNAMIC)
            needs_no_library(&segment[i]);
    }
}

int main(void)
{
    struct tests tests = {.teardown = forget};
    glob_t sources;
    int result;

    if (glob("chapters/*/*.c", 0, NULL, &sources) == 0)
        for (size_t i = 0; i < sources.gl_pathc; i++) {
            char *name = basename(sources.gl_pathv[i]);

            name[strlen(name) - strlen(".c")] = '\0';
            add_test(&tests, is_static, name, "%s is static", name);
        }
    result = run_all("static", &tests, NULL, NULL);
    globfree(&sources);
    return result;
}
