/* terminals - finds the processes on the serial lines 0 to 2.
 *
 * Usage: terminals shells    print the process IDs of the shells
 *        terminals kill      end all other processes there
 *
 * A shell is a session leader named bash. Where a reader typed "exec PROGRAM",
 * the session leader is the program; init starts a new shell after it. */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Read the fields of /proc/PID/stat, see proc_pid_stat(5). Return whether the
 * process exists and its terminal is one of the lines. */
static bool on_line(const char *pid, bool *is_shell)
{
    char path[64], text[1024], *name, *end;
    int fd, session, terminal;
    ssize_t length;

    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    fd = open(path, O_RDONLY);
    if (fd == -1)
        return false;
    length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0)
        return false;
    text[length] = '\0';
    name = strchr(text, '(');
    end = strrchr(text, ')');
    if (name == NULL || end == NULL ||
        sscanf(end, ") %*c %*d %*d %d %d", &session, &terminal) != 2)
        errx(EXIT_FAILURE, "%s: not as in proc_pid_stat(5): %s", path, text);
    *end = '\0';
    *is_shell = atoi(pid) == session && strcmp(name + 1, "bash") == 0;
    return major((unsigned)terminal) == 4 && minor((unsigned)terminal) >= 64 &&
           minor((unsigned)terminal) <= 66;
}

int main(int argc, char *argv[])
{
    bool shells = argc == 2 && strcmp(argv[1], "shells") == 0, is_shell;
    DIR *processes = opendir("/proc");

    if (argc != 2 || (!shells && strcmp(argv[1], "kill") != 0))
        errx(2, "usage: terminals shells|kill");
    if (processes == NULL)
        err(EXIT_FAILURE, "/proc");
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !on_line(entry->d_name, &is_shell) || is_shell != shells)
            continue;
        if (shells)
            puts(entry->d_name);
        else
            kill(atoi(entry->d_name), SIGKILL);
    }
    return EXIT_SUCCESS;
}
