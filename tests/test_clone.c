/* What a copy of the repository gets from git: the date of the book (docs/date)
 * in a clone, in an archive, and elsewhere; ends of lines (.gitattributes). And
 * which commands of the system it finds (docs/need).
 *
 * Each test has a directory "book" with docs/date and a NEWS.md, whose newest
 * released version is of 2020-02-02. */
#include <stdlib.h>

#include "support.h"

/* 2020-02-02 in NEWS.md; the commit is a year older. */
#define RELEASED "1580601600\n"
#define COMMITTED "1549065600\n"

#define GIT "git -c user.name=name -c user.email=mail -c commit.gpgsign=false "
#define COMMIT                                                                 \
    "git init --quiet && git add . && "                                        \
    "GIT_COMMITTER_DATE='1549065600 +0900' " GIT                               \
    "commit --quiet -m commit && "

static char *directory;

static int set_up(void **state)
{
    struct ended ended;

    directory = scratch_make();
    ended = shell(directory, "mkdir -p book/docs && cd book && "
                             "cp \"$ROOT/docs/date\" docs && "
                             "cp \"$ROOT/.gitattributes\" .");
    if (ended.status != 0)
        return -1;
    ended_free(&ended);
    put_file(directory, "book/NEWS.md",
             "# News\n\n## 0.3.0 (unreleased)\n\n## 0.2.0 (2020-02-02)\n\n"
             "## 0.1.0 (2020-01-01)\n");
    return 0;
}

static int tear_down(void **state)
{
    scratch_remove(directory);
    return 0;
}

/* Run commands in the directory of the book, without the variables that git
 * sets for its hooks; they must succeed, print out, and print no error. */
static void prints(const char *commands, const char *out)
{
    struct ended ended = shell(directory,
                               "unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE; "
                               "cd book && %s",
                               commands);

    assert_string_equal(ended.err, "");
    assert_string_equal(ended.out, out);
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
}

static void needs_git(void)
{
    if (system("command -v git > /dev/null") != 0)
        SKIP("git is not installed");
}

static void a_clone_has_the_date_of_its_commit(void **state)
{
    needs_git();
    prints(COMMIT "docs/date", COMMITTED);
}

static void the_working_directory_does_not_matter(void **state)
{
    needs_git();
    prints(COMMIT "cd / && \"$OLDPWD/docs/date\"", COMMITTED);
}

static void a_clone_of_another_user_has_the_date_of_its_commit(void **state)
{
    needs_git();
    prints(COMMIT "export GIT_TEST_ASSUME_DIFFERENT_OWNER=1; "
                  "! git log > /dev/null 2>&1 && docs/date",
           COMMITTED);
}

static void an_archive_has_the_date_of_its_commit(void **state)
{
    needs_git();
    prints(COMMIT
           "mkdir ../archive && git archive HEAD | tar -xC ../archive && "
           "../archive/docs/date",
           COMMITTED);
}

static void without_a_repository_the_newest_version_counts(void **state)
{
    prints("docs/date", RELEASED);
}

static void a_repository_above_is_not_asked(void **state)
{
    needs_git();
    prints("cd .. && " COMMIT "book/docs/date", RELEASED);
}

static void the_repository_of_a_hook_is_not_asked(void **state)
{
    needs_git();
    prints("cd .. && " COMMIT "GIT_DIR=$PWD/.git book/docs/date", RELEASED);
    prints("rm -rf ../.git && git init --quiet .. && "
           "GIT_COMMITTER_DATE='1500000000 +0000' " GIT
           "-C .. commit --quiet --allow-empty -m other && " COMMIT
           "GIT_DIR=$PWD/../.git docs/date",
           COMMITTED);
}

static void a_repository_that_git_cannot_read_is_named(void **state)
{
    struct ended ended;

    needs_git();
    ended = shell(directory, "git init --quiet . && mkdir book/.git && "
                             "book/docs/date");
    assert_string_equal(ended.out, RELEASED);
    assert_contains(ended.err, "docs/date: git cannot read");
    assert_contains(ended.err, "not a git repository");
    assert_contains(ended.err, "SOURCE_DATE_EPOCH");
    assert_int_equal(ended.status, 0);
    ended_free(&ended);
}

static void no_date_at_all_is_an_error(void **state)
{
    struct ended ended;

    put_file(directory, "book/NEWS.md", "# News\n\n## 0.1.0 (unreleased)\n");
    ended = shell(directory, "book/docs/date");
    assert_string_equal(ended.out, "");
    assert_contains(ended.err, "NEWS.md");
    assert_int_equal(ended.status, 1);
    ended_free(&ended);
}

static void a_clone_has_no_carriage_returns(void **state)
{
    needs_git();
    prints(COMMIT "git clone --quiet -c core.autocrlf=true . ../clone && "
                  "cd ../clone && git ls-files && "
                  "! grep -rl \"$(printf '\\r')\" --exclude-dir=.git .",
           ".gitattributes\nNEWS.md\ndocs/date\n");
}

/* docs/need with these commands in the folder "a b", which is the last of PATH.
 */
#define NEED                                                                   \
    "mkdir 'a b' && ln -s \"$(command -v env)\" 'a b/own-cc' && "              \
    "ln -s own-cc 'a b/own-pandoc' && PATH=$PATH:$PWD/a\\ b && "               \
    "export HOSTCC=own-cc PANDOC=own-pandoc WEASYPRINT=env CHROMIUM=env && "

static void a_command_in_a_folder_with_a_space_is_found(void **state)
{
    prints(NEED "CC=own-cc \"$ROOT/docs/need\" html", "");
    prints("CC=\"'$PWD/a b/own-cc' -O2\" HOSTCC='\"a b/own-cc\"' "
           "PANDOC=a\\\\\\ b/own-pandoc WEASYPRINT=env CHROMIUM=env "
           "\"$ROOT/docs/need\" html",
           "");
}

static void a_command_that_is_missing_is_named(void **state)
{
    struct ended ended = shell(
        directory, NEED "CC=\"'$PWD/a b/no-cc' -O2\" \"$ROOT/docs/need\" bin");

    assert_int_equal(ended.status, 1);
    assert_contains(ended.err, "/a b/no-cc is missing: it compiles");
    ended_free(&ended);
}

/* The scripts that take a compiler take it as the makefile does. */
static void a_compiler_may_have_options_and_quotation_marks(void **state)
{
    prints(
        "mkdir 'a b' && printf '#!/bin/sh\\nexec cc \"$@\"\\n' > 'a b/cc' && "
        "chmod +x 'a b/cc' && cc=\"'$PWD/a b/cc' -O2\" && "
        "cd \"$ROOT\" && docs/machine \"$cc\" > \"$OLDPWD/machine\" && "
        "docs/machine cc | cmp - \"$OLDPWD/machine\" && "
        "chapters/linking \"$cc\" > \"$OLDPWD/linking\" && "
        "chapters/linking cc | cmp - \"$OLDPWD/linking\" && "
        "printf '#include <stdio.h>\\n\\nint puts(const char *s);\\n' > "
        "\"$OLDPWD/puts.h\" && "
        "CC=$cc docs/tools/check-declaration \"$OLDPWD/puts.h\"",
        "");
}

/* The version is in book.md, for the title page; NEWS.md says what is new. */
static void the_newest_version_in_news_is_that_of_the_book(void **state)
{
    struct ended ended =
        shell(directory,
              "cd \"$ROOT\" && version=$(sed -n 's/^version: //p' book.md) && "
              "grep -m 1 '^## ' NEWS.md | grep -F \"## $version (\"");

    assert_int_equal(ended.status, 0);
    ended_free(&ended);
}

int main(void)
{
    struct tests tests = {.setup = set_up, .teardown = tear_down};

    ADD(&tests, a_clone_has_the_date_of_its_commit);
    ADD(&tests, the_working_directory_does_not_matter);
    ADD(&tests, a_clone_of_another_user_has_the_date_of_its_commit);
    ADD(&tests, an_archive_has_the_date_of_its_commit);
    ADD(&tests, without_a_repository_the_newest_version_counts);
    ADD(&tests, a_repository_above_is_not_asked);
    ADD(&tests, the_repository_of_a_hook_is_not_asked);
    ADD(&tests, a_repository_that_git_cannot_read_is_named);
    ADD(&tests, no_date_at_all_is_an_error);
    ADD(&tests, a_clone_has_no_carriage_returns);
    ADD(&tests, a_command_in_a_folder_with_a_space_is_found);
    ADD(&tests, a_command_that_is_missing_is_named);
    ADD(&tests, a_compiler_may_have_options_and_quotation_marks);
    ADD(&tests, the_newest_version_in_news_is_that_of_the_book);
    return run_all("clone", &tests, NULL, NULL);
}
