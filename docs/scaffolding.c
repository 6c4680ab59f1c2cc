/* Scaffolding, the same in every program: each line goes out at once. */
static void prepare_output(void)
{
    if (fcntl(STDOUT_FILENO, F_GETFD) == -1 ||
        setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        err(EXIT_FAILURE, "standard output");
}

/* Scaffolding: no file that we open becomes standard input or error. */
static void keep_standard_numbers(void)
{
    if (fcntl(STDIN_FILENO, F_GETFD) == -1)
        err(EXIT_FAILURE, "standard input");
    if (fcntl(STDERR_FILENO, F_GETFD) == -1 &&
        open("/dev/null", O_WRONLY) == -1)
        exit(EXIT_FAILURE);
}

/* Scaffolding: signals wait until the program ends. */
static void block_signals(void)
{
    sigset_t all;

    sigfillset(&all);
    if (sigprocmask(SIG_BLOCK, &all, NULL) == -1)
        err(EXIT_FAILURE, "sigprocmask");
}

/* Scaffolding: the whole text as a number, if it is within the limits. */
static long number_of(const char *text, long min, long max)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < min ||
        number > max)
        errx(2, "'%s': not a number, or out of range", text);
    return number;
}
