#pragma once
// What the converter gives up before it reads the first byte of an upload. From then on it can
// compute, take memory up to a bound, read descriptor 0, write 1 and 2, and end; whoever takes it
// over can do no more.

namespace tocsin::converter {

struct SandboxLimits {
    unsigned long memory_bytes = 768ul << 20;  // address space, what the libraries take included
    unsigned long cpu_s = 10;
};

// False in builds with a sanitizer, whose runtime needs terabytes of address space and calls of its
// own: enter_sandbox() then only limits CPU time and files, and says so with this.
bool is_sandbox_whole();

// Ends the process (exit code 70) where any part of it cannot be had.
void enter_sandbox(const SandboxLimits& limits);

}  // namespace tocsin::converter
