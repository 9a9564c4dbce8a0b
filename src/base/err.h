/* SPDX-License-Identifier: Apache-2.0 */
/* err.h - how a function fails: it returns a negative NP_E… and, if it knows the cause, says it in
 * `struct np_err`. Success never writes `err`; failure leaves `out` alone. err may be NULL.
 */
#pragma once

#include "base/str.h"

enum np_code {
    NP_LATER = 1, /* not an error: the answer comes by a callback */
    NP_EINVAL = -1,
    NP_ENOENT = -2,
    NP_EEXIST = -3,
    NP_E2BIG = -4,
    NP_EAGAIN = -5,
    NP_ECORRUPT = -6,
    NP_ENOSPC = -7,
    NP_EIO = -8,
    NP_EACCES = -9,
    NP_EBUSY = -10,
    NP_ETIMEDOUT = -11,
    NP_ECLOSED = -12, /* the peer went away */
    NP_ENOTSUP = -13,
    NP_EPROTO = -14, /* the peer broke the protocol */
    NP_EFAULT = -15, /* a modelled fault of an AWS API, see aws/fault.h */
};

#define NP_ERR_EXTRA_MAX 6

struct np_err {
    int code;
    const void *fault; /* const struct np_fault_def *, with NP_EFAULT */
    size_t n;
    char text[512]; /* n bytes of UTF-8, cut at the end if longer */
    /* Members of the fault beside code and message; values live in the request's arena. */
    struct {
        const char *name;
        struct np_str value;
    } extra[NP_ERR_EXTRA_MAX];
    size_t n_extra;
};

/* Fills err and returns code. */
int np_err(struct np_err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same from errno: chooses the code (ENOSPC, EACCES, …) and appends strerror. */
int np_err_errno(struct np_err *err, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "context: " before the text. Returns err->code. */
int np_err_prefix(struct np_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void np_err_extra(struct np_err *err, const char *name, struct np_str value);
static inline struct np_str np_err_text(const struct np_err *err)
{
    return (struct np_str){err->text, err->n};
}
const char *np_code_name(int code);
