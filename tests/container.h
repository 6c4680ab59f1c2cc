/* A container for one command: see container_script. */
#ifndef TESTS_CONTAINER_H
#define TESTS_CONTAINER_H

/* A script for "unshare --mount sh SCRIPT COMMAND...", which root has to run.
 * It runs COMMAND in the directory $DIR, the only one that can be written. All
 * other directories below / are read-only, /tmp is empty and read-only (if
 * $ROOT lies in it, the way to $ROOT is there), and /dev/shm has room for one
 * page. File systems mounted below other mounts stay writable. */
static const char container_script[] =
    "set -e\n"
    "mkdir \"$DIR/root\"\n"
    "mount -t tmpfs none \"$DIR/root\"\n"
    "for d in /*; do\n"
    "    if [ \"$d\" = /tmp ]; then continue\n"
    "    elif [ -L \"$d\" ]; then cp -P \"$d\" \"$DIR/root\"\n"
    "    elif [ -d \"$d\" ]; then\n"
    "        mkdir \"$DIR/root$d\"\n"
    "        mount --rbind \"$d\" \"$DIR/root$d\"\n"
    "        mount -o remount,bind,ro \"$DIR/root$d\"\n"
    "    fi\n"
    "done\n"
    "case $ROOT in /tmp/*)\n"
    "    mkdir -p \"$DIR/root$ROOT\"\n"
    "    mount --rbind \"$ROOT\" \"$DIR/root$ROOT\"\n"
    "    mount -o remount,bind,ro \"$DIR/root$ROOT\";;\n"
    "esac\n"
    "mount --bind \"$DIR\" \"$DIR/root$DIR\"\n"
    "mount -t tmpfs -o size=4k none \"$DIR/root/dev/shm\"\n"
    "mount -o remount,ro \"$DIR/root\"\n"
    "exec chroot \"$DIR/root\" env --chdir=\"$DIR\" \"$@\"\n";

/* A command that fails where there can be no container, and why. */
static const char container_probe[] =
    "unshare --mount mount -t tmpfs none /mnt";
static const char container_impossible[] = "no mount namespace of our own";

#endif
