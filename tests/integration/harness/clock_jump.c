// A preload shim that moves the wall clock of a process by as many seconds as the file
// TOCSIN_CLOCK_FILE says (eight bytes, mapped, so that the clock can jump while the process runs).
// The monotonic clock stays.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t* jump_;

__attribute__((constructor)) static void map_file(void) {
    const char* path = getenv("TOCSIN_CLOCK_FILE");
    const int file = path == NULL ? -1 : open(path, O_RDONLY);
    if (file >= 0) {
        void* mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
        jump_ = mapped == MAP_FAILED ? NULL : mapped;
        close(file);
    }
}

int clock_gettime(clockid_t clock, struct timespec* out) {
    const int result = (int)syscall(SYS_clock_gettime, clock, out);
    if (result == 0 && jump_ != NULL &&
        (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        out->tv_sec += *jump_;
    }
    return result;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
    (void)zone;
    struct timespec now;
    const int result = clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t* out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL) {
        *out = now.tv_sec;
    }
    return now.tv_sec;
}
