// The sandbox from inside: each probe is a process that enters it and then tries something.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>

#include "hub/converter/sandbox.hpp"

namespace tocsin::converter::test {
namespace {

constexpr int kAllowed = 42;

// How a process ends that enters the sandbox and does this.
int status_of(const std::function<void()>& deed, const SandboxLimits& limits = {}) {
    const pid_t pid = fork();
    if (pid == 0) {
        enter_sandbox(limits);
        deed();
        _exit(kAllowed);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}

bool is_allowed(int status) {
    return WIFEXITED(status) && WEXITSTATUS(status) == kAllowed;
}

bool is_killed(int status) {
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

class Sandbox : public testing::Test {
protected:
    void SetUp() override {
        if (!is_sandbox_whole()) {
            GTEST_SKIP() << "the sandbox is relaxed in a build with a sanitizer";
        }
    }
};

TEST_F(Sandbox, LetsNothingOut) {
    const struct {
        const char* name;
        std::function<void()> deed;
    } probes[] = {
        {"open", [] { ::open("/etc/passwd", O_RDONLY); }},
        {"open to write", [] { ::open("/tmp/tocsin-probe", O_CREAT | O_WRONLY, 0600); }},
        {"the old open", [] { syscall(SYS_open, "/etc/passwd", O_RDONLY); }},
        {"openat2", [] { syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0); }},
        {"socket", [] { ::socket(AF_INET, SOCK_STREAM, 0); }},
        {"Unix socket", [] { ::socket(AF_UNIX, SOCK_STREAM, 0); }},
        {"fork", [] { static_cast<void>(::fork()); }},
        {"vfork", [] { syscall(SYS_vfork); }},
        {"clone of a process", [] { syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0); }},
        {"exec",
         [] {
             char name[] = "/bin/true";
             char* arguments[] = {name, nullptr};
             ::execv(name, arguments);
         }},
        {"kill the parent", [] { ::kill(getppid(), 0); }},
        {"ptrace", [] { ::ptrace(PTRACE_ATTACH, 1, nullptr, nullptr); }},
        {"memory to run",
         [] {
             static_cast<void>(::mmap(nullptr,
                                      4'096,
                                      PROT_READ | PROT_WRITE | PROT_EXEC,
                                      MAP_PRIVATE | MAP_ANONYMOUS,
                                      -1,
                                      0));
         }},
        {"memory made to run",
         [] {
             void* page =
                 ::mmap(nullptr, 4'096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             ::mprotect(page, 4'096, PROT_READ | PROT_EXEC);
         }},
        {"reading another descriptor",
         [] {
             char byte = 0;
             static_cast<void>(::read(5, &byte, 1));
         }},
        {"writing another descriptor", [] { static_cast<void>(::write(5, "x", 1)); }},
        {"limits of its own",
         [] {
             const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
             ::setrlimit(RLIMIT_CPU, &none);
         }},
        {"unlink", [] { ::unlink("/tmp/tocsin-probe"); }},
        {"namespaces", [] { ::unshare(CLONE_NEWUSER); }},
        {"io_uring", [] { syscall(SYS_io_uring_setup, 1, nullptr); }},
    };
    for (const auto& [name, deed] : probes) {
        const int status = status_of(deed);
        EXPECT_TRUE(is_killed(status)) << name << ": status " << status;
    }
}

TEST_F(Sandbox, LetsComputing) {
    EXPECT_TRUE(is_allowed(status_of([] {
        auto* memory = static_cast<char*>(std::malloc(32u << 20));
        std::memset(memory, 1, 32u << 20);
        std::free(memory);
        static_cast<void>(::write(STDERR_FILENO, "", 0));
    })));
    EXPECT_TRUE(is_allowed(status_of([] { std::thread([] {}).join(); })))
        << "libde265 decodes in a thread";
}

TEST_F(Sandbox, BoundsMemoryAndTime) {
    EXPECT_TRUE(is_allowed(status_of([] {
        const void* memory =
            ::mmap(nullptr, 1u << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory != MAP_FAILED) {
            _exit(1);
        }
    }))) << "memory over the bound is refused";
    SandboxLimits short_time;
    short_time.cpu_s = 1;
    const int status = status_of(
        [] {
            for (volatile unsigned i = 0;; i = i + 1) {
            }
        },
        short_time);
    EXPECT_TRUE(WIFSIGNALED(status)) << status;
}

TEST_F(Sandbox, CannotBeLeft) {
    EXPECT_FALSE(is_allowed(status_of([] { enter_sandbox({}); })));
}

}  // namespace
}  // namespace tocsin::converter::test
