/* A directory in which a transcript runs as its reader would run it. */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

/* Make a new, empty directory under parent and put into it symbolic links to
 * every file of the directory changed, which may be NULL, to every other file
 * of the directory programs, and to every other C file of the directory
 * sources; files whose names begin with "." get no link. parent must exist; the
 * names may be relative. The name of the new directory ends in ".PID.new". The
 * directory stays if this process is killed.
 *
 * Returns the directory's absolute name, to be given to sandbox_remove().
 * Returns NULL with errno set if that cannot be done; nothing is left then.
 * Ends the process with err(3) if memory runs out. See symlink(2). */
char *sandbox_make(const char *parent, const char *changed,
                   const char *programs, const char *sources);

/* Find a program or source that was written to since sandbox_make(): through
 * its link in the sandbox, or by another process, such as an editor. A file
 * that another one has replaced, born after sandbox_make(), does not count. The
 * date of birth tells the two apart, see statx(2); no file counts on a file
 * system without that date. A change of the mode, the owner or the number of
 * links counts as a write, because it sets the same date.
 *
 * Returns the absolute name of the first such file, which the caller frees, or
 * NULL. Ends the process with err(3) if memory runs out. */
char *sandbox_written(const char *sandbox);

/* Remove the directory with everything in it; of links, the targets stay. Free
 * its name. Returns 0; or -1 with errno set if something is left, and then the
 * name is not freed. */
int sandbox_remove(char *sandbox);

#endif
