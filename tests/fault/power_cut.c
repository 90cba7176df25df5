// A preload shim for redis-server that knows what a power cut would leave on disk.
//
// The kernel keeps what a killed process wrote, so kill -9 alone never shows what was not yet
// synced. For every file below TOCSIN_POWER_DIR this shim notes in the journal TOCSIN_POWER_JOURNAL
// how much of it the disk certainly has: a line
// "<inode> <bytes>" after each fsync or fdatasync that succeeded, and "<inode> 0" when a file is
// made or emptied. The size is taken before the sync begins: what another thread adds meanwhile
// counts as lost. A file is known by its inode, so that the rename of a manifest or of a rewritten
// file needs no care. After kill -9 the test cuts each file back to its line (power_cut.py), and
// only then starts Redis again: append-only files grow at their end, so this is what was lost.
//
// Not modelled: a rename that the directory had not synced. The tests switch automatic rewriting
// off.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void* next(const char* name) {
    void* found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        abort();
    }
    return found;
}

// The journal's descriptor, opened at the first note and never closed; -1: not yet.
static int journal_ = -1;

static void note(unsigned long long inode, unsigned long long bytes) {
    if (journal_ < 0) {
        const char* path = getenv("TOCSIN_POWER_JOURNAL");
        if (path == NULL) {
            return;
        }
        int (*real_open)(const char*, int, ...) = (int (*)(const char*, int, ...))next("open");
        journal_ = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal_ < 0) {
            abort();  // a run whose journal has holes proves nothing
        }
    }
    char line[64];
    const int length = snprintf(line, sizeof line, "%llu %llu\n", inode, bytes);
    if (write(journal_, line, (size_t)length) != length) {
        abort();
    }
}

// Whether the descriptor is a regular file below the directory; fills in its size and inode.
static int watched(int fd, struct stat* found) {
    const char* directory = getenv("TOCSIN_POWER_DIR");
    if (directory == NULL || fd < 0 || fstat(fd, found) != 0 || !S_ISREG(found->st_mode)) {
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

static void note_if_empty(int fd) {
    const int saved = errno;
    struct stat found;
    if (watched(fd, &found) && found.st_size == 0) {
        note(found.st_ino, 0);
    }
    errno = saved;
}

static int sync_and_note(int fd, const char* name) {
    int (*real)(int) = (int (*)(int))next(name);
    struct stat found;
    const int mine = watched(fd, &found);
    const int result = real(fd);
    const int saved = errno;
    if (result == 0 && mine) {
        note(found.st_ino, (unsigned long long)found.st_size);
    }
    errno = saved;
    return result;
}

int fsync(int fd) {
    return sync_and_note(fd, "fsync");
}
int fdatasync(int fd) {
    return sync_and_note(fd, "fdatasync");
}

#define OPEN_LIKE(NAME)                                                                  \
    int NAME(const char* path, int flags, ...) {                                         \
        mode_t mode = 0;                                                                 \
        if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                      \
            va_list rest;                                                                \
            va_start(rest, flags);                                                       \
            mode = va_arg(rest, mode_t);                                                 \
            va_end(rest);                                                                \
        }                                                                                \
        const int fd = ((int (*)(const char*, int, ...))next(#NAME))(path, flags, mode); \
        if (fd >= 0 && (flags & (O_WRONLY | O_RDWR)) != 0) {                             \
            note_if_empty(fd);                                                           \
        }                                                                                \
        return fd;                                                                       \
    }
OPEN_LIKE(open)
OPEN_LIKE(open64)

#define FOPEN_LIKE(NAME)                                                               \
    FILE* NAME(const char* path, const char* mode) {                                   \
        FILE* file = ((FILE * (*)(const char*, const char*)) next(#NAME))(path, mode); \
        if (file != NULL && mode[0] != 'r') {                                          \
            note_if_empty(fileno(file));                                               \
        }                                                                              \
        return file;                                                                   \
    }
FOPEN_LIKE(fopen)
FOPEN_LIKE(fopen64)

#define TRUNCATE_LIKE(NAME, OFFSET)                                         \
    int NAME(int fd, OFFSET length) {                                       \
        const int result = ((int (*)(int, OFFSET))next(#NAME))(fd, length); \
        if (result == 0) {                                                  \
            note_if_empty(fd);                                              \
        }                                                                   \
        return result;                                                      \
    }
TRUNCATE_LIKE(ftruncate, off_t)
TRUNCATE_LIKE(ftruncate64, off64_t)
