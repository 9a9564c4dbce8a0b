/* SPDX-License-Identifier: Apache-2.0 */
/* assert.h - invariants: always on, cheap, without effects, never about outside input. */
#pragma once

#include <stdint.h>

_Noreturn void np_die(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), cold));

#define np_assert(cond)                                                                            \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0))                                                          \
            np_die(__FILE__, __LINE__, "assertion failed: %s", #cond);                             \
    } while (0)

/* Objects that travel as void * start with `uint32_t magic`; NP_CAST checks it. */
#define NP_MAGIC_OF(type) type##_magic
#define NP_CAST(type, p, want)                                                                     \
    ({                                                                                             \
        struct type *np_cast_p = (struct type *)(p);                                               \
        np_assert(np_cast_p != NULL && np_cast_p->magic == (want));                                \
        np_cast_p;                                                                                 \
    })

#define NP_CONTAINER(ptr, type, member)                                                            \
    ((type *)(void *)((char *)(uintptr_t)(ptr) - __builtin_offsetof(type, member)))

/* Arithmetic on numbers that a client chose: true when it overflowed. */
#define np_add_overflows(a, b, out) __builtin_add_overflow((a), (b), (out))
#define np_mul_overflows(a, b, out) __builtin_mul_overflow((a), (b), (out))
