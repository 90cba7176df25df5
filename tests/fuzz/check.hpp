#pragma once
// How a fuzz target says that a promise is broken: libFuzzer keeps the input when the process
// aborts.

#include <cstdio>
#include <cstdlib>

#define TOCSIN_MUST(condition)                                                           \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                \
        }                                                                                \
    } while (false)
