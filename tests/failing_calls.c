/* Loaded before libc: lets one system call that writes fail with EIO, as a dying disk does.
   Built and loaded by test_let_down.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

static long left;
static int failed;

/* Let the Nth call from now on fail; 0: none. Returns whether one failed since the last time. */
int venvhealth_arm(long number) {
    int before = failed;
    left = number;
    failed = 0;
    return before;
}

static int fails(void) {
    if (left > 0 && --left == 0) {
        failed = 1;
        errno = EIO;
        return 1;
    }
    return 0;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__)) dlsym(RTLD_NEXT, name))

ssize_t write(int file, const void *data, size_t size) {
    if (file > 2 && fails()) return -1;
    return REAL(ssize_t, "write", int, const void *, size_t)(file, data, size);
}

int rename(const char *from, const char *to) {
    if (fails()) return -1;
    return REAL(int, "rename", const char *, const char *)(from, to);
}

int unlink(const char *path) {
    if (fails()) return -1;
    return REAL(int, "unlink", const char *)(path);
}

int rmdir(const char *path) {
    if (fails()) return -1;
    return REAL(int, "rmdir", const char *)(path);
}

int mkdir(const char *path, mode_t mode) {
    if (fails()) return -1;
    return REAL(int, "mkdir", const char *, mode_t)(path, mode);
}

int fsync(int file) {
    if (fails()) return -1;
    return REAL(int, "fsync", int)(file);
}
