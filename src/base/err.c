/* SPDX-License-Identifier: Apache-2.0 */
/* err.c - filling struct np_err, and the way from errno to our codes. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/format.h"

static const struct {
    int errnum, code;
} errno_codes[] = {
    {ENOENT, NP_ENOENT},
    {ENOTDIR, NP_ENOENT},
    {ESRCH, NP_ENOENT},
    {ENODEV, NP_ENOENT},
    {ENXIO, NP_ENOENT},
    {EEXIST, NP_EEXIST},
    {ENOTEMPTY, NP_EEXIST},
    {E2BIG, NP_E2BIG},
    {EMSGSIZE, NP_E2BIG},
    {ENAMETOOLONG, NP_E2BIG},
    {EFBIG, NP_E2BIG},
    {EAGAIN, NP_EAGAIN},
    {ENOBUFS, NP_EAGAIN},
    {EINTR, NP_EAGAIN},
    {EMFILE, NP_EBUSY},
    {ENFILE, NP_EBUSY},
    {EBUSY, NP_EBUSY},
    {ETXTBSY, NP_EBUSY},
    {EADDRINUSE, NP_EBUSY},
    {ENOSPC, NP_ENOSPC},
    {EDQUOT, NP_ENOSPC},
    {EACCES, NP_EACCES},
    {EPERM, NP_EACCES},
    {EROFS, NP_EACCES},
    {ETIMEDOUT, NP_ETIMEDOUT},
    {EPIPE, NP_ECLOSED},
    {ECONNRESET, NP_ECLOSED},
    {ECONNREFUSED, NP_ECLOSED},
    {ECONNABORTED, NP_ECLOSED},
    {ENOTCONN, NP_ECLOSED},
    {EHOSTUNREACH, NP_ECLOSED},
    {ENETUNREACH, NP_ECLOSED},
    {ESHUTDOWN, NP_ECLOSED},
    {ENOSYS, NP_ENOTSUP},
    {EOPNOTSUPP, NP_ENOTSUP},
    {EAFNOSUPPORT, NP_ENOTSUP},
    {EPROTONOSUPPORT, NP_ENOTSUP},
    {EPROTO, NP_EPROTO},
    {EINVAL, NP_EINVAL},
    {EBADF, NP_EINVAL},
    {EADDRNOTAVAIL, NP_EINVAL},
    {EILSEQ, NP_EINVAL},
};

static const struct {
    int code;
    const char *name;
} code_names[] = {
    {0, "OK"},
    {NP_LATER, "NP_LATER"},
    {NP_EINVAL, "NP_EINVAL"},
    {NP_ENOENT, "NP_ENOENT"},
    {NP_EEXIST, "NP_EEXIST"},
    {NP_E2BIG, "NP_E2BIG"},
    {NP_EAGAIN, "NP_EAGAIN"},
    {NP_ECORRUPT, "NP_ECORRUPT"},
    {NP_ENOSPC, "NP_ENOSPC"},
    {NP_EIO, "NP_EIO"},
    {NP_EACCES, "NP_EACCES"},
    {NP_EBUSY, "NP_EBUSY"},
    {NP_ETIMEDOUT, "NP_ETIMEDOUT"},
    {NP_ECLOSED, "NP_ECLOSED"},
    {NP_ENOTSUP, "NP_ENOTSUP"},
    {NP_EPROTO, "NP_EPROTO"},
    {NP_EFAULT, "NP_EFAULT"},
};

/* How many of the `n` bytes stay when they are cut to `max`, so that no character is halved. */
static size_t cut_length(const char *p, size_t n, size_t max)
{
    if (n <= max)
        return n;
    while (max > 0 && ((unsigned char)p[max] & 0xc0) == 0x80)
        max--;
    return max;
}

static void set_text(struct np_err *err, const char *p, size_t n)
{
    err->n = cut_length(p, n, sizeof(err->text) - 1);
    memcpy(err->text, p, err->n);
    err->text[err->n] = '\0';
}

/* Arguments may point into err->text, so the text is made beside it. Returns its length. */
static size_t format(char *out, size_t size, const char *fmt, va_list ap)
{
    size_t n = np_vformat(out, size, fmt, ap);
    return n < size ? n : size - 1;
}

#define TEXT_BYTES 1024 /* twice what an error holds */

int np_err(struct np_err *err, int code, const char *fmt, ...)
{
    np_assert(code < 0);
    if (err == NULL)
        return code;
    char text[TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    size_t n = format(text, sizeof(text), fmt, ap);
    va_end(ap);
    err->code = code;
    err->fault = NULL;
    err->n_extra = 0;
    set_text(err, text, n);
    return code;
}

static int code_of_errno(int errnum)
{
    NP_EACH (e, errno_codes)
        if (e->errnum == errnum)
            return e->code;
    return NP_EIO;
}

int np_err_errno(struct np_err *err, int errnum, const char *fmt, ...)
{
    int code = code_of_errno(errnum);
    if (err == NULL)
        return code;
    char text[TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    format(text, sizeof(text), fmt, ap);
    va_end(ap);
    const char *why = strerrordesc_np(errnum);
    return np_err(err, code, "%s: %s", text, why != NULL ? why : "unknown error");
}

int np_err_prefix(struct np_err *err, const char *fmt, ...)
{
    if (err == NULL)
        return NP_EIO;
    char text[TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    size_t n = format(text, sizeof(text), fmt, ap);
    va_end(ap);
    int more = snprintf(text + n, sizeof(text) - n, ": %.*s", (int)err->n, err->text);
    n += (size_t)more;
    set_text(err, text, n < sizeof(text) ? n : sizeof(text) - 1);
    return err->code;
}

void np_err_extra(struct np_err *err, const char *name, struct np_str value)
{
    if (err == NULL)
        return;
    np_assert(err->n_extra < NP_ERR_EXTRA_MAX);
    err->extra[err->n_extra].name = name;
    err->extra[err->n_extra].value = value;
    err->n_extra++;
}

const char *np_code_name(int code)
{
    NP_EACH (c, code_names)
        if (c->code == code)
            return c->name;
    return "NP_E?";
}
