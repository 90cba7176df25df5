#include "hub/converter/sandbox.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <initializer_list>
#include <thread>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer)
#define TOCSIN_SANITIZED 1
#endif
#endif

namespace tocsin::converter {

namespace {

#ifdef TOCSIN_SANITIZED
constexpr bool kWhole = false;
#else
constexpr bool kWhole = true;
#endif

constexpr int kNoSandbox = 70;

// glibc's pthread_create; anything else that clone can do is refused. libde265 decodes in a thread
// of its own.
constexpr scmp_datum_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                 CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                 CLONE_CHILD_CLEARTID;

void must(bool done, const char* what) {
    if (!done) {
        std::perror(what);
        _exit(kNoSandbox);
    }
}

void limit(__rlimit_resource resource, rlim_t most) {
    const rlimit bound{most, most};
    must(setrlimit(resource, &bound) == 0, "setrlimit");
}

void set_limits(const SandboxLimits& limits) {
    limit(RLIMIT_CPU, limits.cpu_s);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 0);  // those that are open stay
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
    if (kWhole) {
        limit(RLIMIT_AS, limits.memory_bytes);
    }
    // No RLIMIT_NPROC: it counts all that the user runs, threads of the hub included, so that no
    // number would be right. The filter lets no process be made at all.
}

// Of a call's first argument.
scmp_arg_cmp equals(scmp_datum_t value) {
    return {0, SCMP_CMP_EQ, value, 0};
}

void allow(scmp_filter_ctx filter, std::initializer_list<int> calls) {
    for (const int call : calls) {
        must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0, "seccomp_rule_add");
    }
}

void allow_with(scmp_filter_ctx filter, int call, const scmp_arg_cmp& condition) {
    must(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition) == 0,
         "seccomp_rule_add_array");
}

void set_filter() {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    must(filter != nullptr, "seccomp_init");
    allow_with(filter, SCMP_SYS(read), equals(STDIN_FILENO));
    allow_with(filter, SCMP_SYS(write), equals(STDOUT_FILENO));
    allow_with(filter, SCMP_SYS(write), equals(STDERR_FILENO));
    // Memory, never executable.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
        allow_with(filter, call, scmp_arg_cmp{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0});
    }
    allow(filter, {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise)});
    // Threads. ENOSYS makes glibc fall back from clone3, whose flags a filter cannot see, to clone.
    must(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0, "clone3");
    allow_with(filter, SCMP_SYS(clone), equals(kThread));
    allow_with(filter, SCMP_SYS(prctl), equals(PR_SET_NAME));
    allow(filter,
          {SCMP_SYS(futex),
           SCMP_SYS(set_robust_list),
           SCMP_SYS(rseq),
           SCMP_SYS(sched_yield),
           SCMP_SYS(sched_getaffinity),
           SCMP_SYS(gettid),
           SCMP_SYS(rt_sigprocmask),
           SCMP_SYS(rt_sigreturn)});
    // The allocator's secret; clocks where the vDSO has none.
    allow(filter,
          {SCMP_SYS(getrandom),
           SCMP_SYS(clock_gettime),
           SCMP_SYS(exit),
           SCMP_SYS(exit_group),
           SCMP_SYS(restart_syscall)});
    must(seccomp_load(filter) == 0, "seccomp_load");
    seccomp_release(filter);
}

}  // namespace

bool is_sandbox_whole() {
    return kWhole;
}

void enter_sandbox(const SandboxLimits& limits) {
    // glibc makes itself ready for threads with the first one, by calls that are no longer there
    // afterwards.
    std::thread([] {}).join();
    must(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "PR_SET_PDEATHSIG");
    must(prctl(PR_SET_DUMPABLE, 0) == 0, "PR_SET_DUMPABLE");
    must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS");
    set_limits(limits);
    if (kWhole) {
        set_filter();
    }
}

}  // namespace tocsin::converter
