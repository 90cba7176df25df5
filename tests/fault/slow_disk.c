// A preload shim for redis-server: a disk that is slow, full or broken on command.
//
// The first line of the file TOCSIN_DISK_CONTROL says how the disk is from now on; it is read at
// each call, so that a test changes it while Redis runs. Concerned are files below TOCSIN_DISK_DIR.
//   ok              as usual (so does a missing or empty file)
//   slow <ms>       fsync and fdatasync take so much longer; the data reach the disk only then
//   eio             fsync and fdatasync fail with EIO
//   full            write, pwrite and writev fail with ENOSPC, and so do fsync and fdatasync
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum Mood { kWell, kSlow, kBroken, kFull };

static void* next(const char* name) {
    void* found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        abort();
    }
    return found;
}

// By system call: this runs inside write() and must not come back to it.
static enum Mood mood(long* delay_ms) {
    const char* path = getenv("TOCSIN_DISK_CONTROL");
    if (path == NULL) {
        return kWell;
    }
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return kWell;
    }
    char text[64] = {0};
    const long length = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    if (length <= 0) {
        return kWell;
    }
    if (strncmp(text, "slow ", 5) == 0) {
        *delay_ms = strtol(text + 5, NULL, 10);
        return kSlow;
    }
    if (strncmp(text, "eio", 3) == 0) {
        return kBroken;
    }
    return strncmp(text, "full", 4) == 0 ? kFull : kWell;
}

static int watched(int fd) {
    const char* directory = getenv("TOCSIN_DISK_DIR");
    struct stat found;
    if (directory == NULL || fd < 0 || fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        return 0;
    }
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) {
        return 0;
    }
    path[length] = '\0';
    const size_t prefix = strlen(directory);
    return strncmp(path, directory, prefix) == 0 && path[prefix] == '/';
}

static int sync_with_mood(int fd, const char* name) {
    long delay_ms = 0;
    if (watched(fd)) {
        switch (mood(&delay_ms)) {
            case kBroken:
                errno = EIO;
                return -1;
            case kFull:
                errno = ENOSPC;
                return -1;
            case kSlow: {
                struct timespec left = {delay_ms / 1000, (delay_ms % 1000) * 1000000};
                while (nanosleep(&left, &left) != 0 && errno == EINTR) {
                }
                break;
            }
            case kWell:
                break;
        }
    }
    return ((int (*)(int))next(name))(fd);
}

int fsync(int fd) {
    return sync_with_mood(fd, "fsync");
}
int fdatasync(int fd) {
    return sync_with_mood(fd, "fdatasync");
}

static int no_space(int fd) {
    long unused = 0;
    const int saved = errno;
    if (watched(fd) && mood(&unused) == kFull) {
        errno = ENOSPC;
        return 1;
    }
    errno = saved;
    return 0;
}

ssize_t write(int fd, const void* bytes, size_t count) {
    if (no_space(fd)) {
        return -1;
    }
    return ((ssize_t(*)(int, const void*, size_t))next("write"))(fd, bytes, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
    if (no_space(fd)) {
        return -1;
    }
    return ((ssize_t(*)(int, const void*, size_t, off_t))next("pwrite"))(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
    if (no_space(fd)) {
        return -1;
    }
    return ((ssize_t(*)(int, const struct iovec*, int))next("writev"))(fd, parts, count);
}
