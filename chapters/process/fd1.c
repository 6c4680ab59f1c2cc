/* fd1 - parent and child share an open file, and the place in it.
 *
 * Usage: fd1
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

static void print_offset(const char *when, int fd)
{
    off_t offset = lseek(fd, 0, SEEK_CUR);

    if (offset == -1)
        err(EXIT_FAILURE, "lseek");
    if (printf("%s: offset %lld\n", when, (long long)offset) < 0)
        err(EXIT_FAILURE, "printf");
}

int main(void)
{
    int fd, status;
    pid_t child;

    prepare_output();
    /* number: the lowest one that is free: 0, 1 and 2 are open already. */
    fd = open("fd1.txt", O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd == -1)
        err(EXIT_FAILURE, "open fd1.txt");
    /* name: the file stays until nobody has it open any more. */
    if (unlink("fd1.txt") == -1)
        err(EXIT_FAILURE, "unlink fd1.txt");
    if (printf("descriptor %d\n", fd) < 0)
        err(EXIT_FAILURE, "printf");
    print_offset("before fork()", fd);

    child = fork();
    if (child == -1)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        /* same: the child has a descriptor with the same number. */
        if (write(fd, "hello\n", 6) != 6)
            err(EXIT_FAILURE, "child: write");
        _exit(EXIT_SUCCESS);
    }
    if (waitpid(child, &status, 0) == -1)
        err(EXIT_FAILURE, "waitpid");
    /* moved: this process has not written a byte. */
    print_offset("after the child's write()", fd);
    if (status != 0)
        errx(EXIT_FAILURE, "the child failed");
    return EXIT_SUCCESS;
}
