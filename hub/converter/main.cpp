// tocsin-media: one upload on standard input, one answer (answer.hpp) on standard output. Started
// by the hub for each upload; everything that a stranger's file can reach happens here.

#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <string_view>

#include "hub/converter/convert.hpp"
#include "hub/converter/refuse.hpp"
#include "hub/converter/sandbox.hpp"

namespace {

using namespace tocsin::converter;

// Everything else of the machine goes first: no alarm waits for a photo.
void step_back() {
    constexpr int kNice = 10;
    const sched_param none{};
    static_cast<void>(sched_setscheduler(0, SCHED_BATCH, &none));
    errno = 0;
    if (nice(kNice) == -1 && errno != 0) {
        std::perror("nice");
    }
}

std::string read_upload() {
    std::string upload(kMostBytes + 1, '\0');
    std::size_t size = 0;
    while (size < upload.size()) {
        const ssize_t read = ::read(STDIN_FILENO, upload.data() + size, upload.size() - size);
        if (read < 0) {
            _exit(1);
        }
        if (read == 0) {
            break;
        }
        size += static_cast<std::size_t>(read);
    }
    upload.resize(size);
    return upload;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--sandbox") {
        std::puts(is_sandbox_whole() ? "whole" : "relaxed: built with a sanitizer");
        return 0;
    }
    if (argc != 1) {
        std::fputs("usage: tocsin-media < UPLOAD (started by tocsin-hub)\n", stderr);
        return 2;
    }
    step_back();
    warm_up();
    enter_sandbox({});
    try {
        give(convert(read_upload()));
    } catch (const std::bad_alloc&) {
        refuse(Refused::refused, "The file needs more memory than it may have.");
    } catch (const std::exception&) {
        refuse_broken();
    }
}
