/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - formats taken apart: "%.*s" and plain text are copied, libc writes the rest. */
#include "base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "base/assert.h"

struct out {
    char *p;
    size_t size, n; /* n: of the whole text, beyond size too */
};

static void put(struct out *o, const char *p, size_t n)
{
    size_t room = o->n < o->size ? o->size - o->n : 0;
    if (n != 0 && room != 0)
        memcpy(o->p + o->n, p, n < room ? n : room);
    o->n += n;
}

/* One directive, stars replaced by their numbers: "%-16.5" and the letters apart. */
struct directive {
    char text[32];
    size_t n;
    char length[3], type;
};

static void add(struct directive *d, const char *p, size_t n)
{
    np_assert(n < sizeof(d->text) - d->n);
    memcpy(d->text + d->n, p, n);
    d->n += n;
    d->text[d->n] = '\0';
}

/* va_list as a member, so that a function can go on with it. */
struct arguments {
    va_list ap;
};

static const char *read_directive(const char *fmt, struct arguments *args, struct directive *d)
{
    *d = (struct directive){0};
    do {
        char number[16];
        bool star = *fmt == '*';
        if (star)
            snprintf(number, sizeof(number), "%d", va_arg(args->ap, int));
        add(d, star ? number : fmt, star ? strlen(number) : 1);
        fmt++;
    } while (strchr("-+ #0123456789.*", *fmt) != NULL && *fmt != '\0');
    for (size_t i = 0; *fmt == 'l' || *fmt == 'z' || *fmt == 'h'; fmt++) {
        np_assert(i < sizeof(d->length) - 1);
        d->length[i++] = *fmt;
    }
    d->type = *fmt;
    return fmt + 1;
}

static intmax_t take_signed(const struct directive *d, struct arguments *args)
{
    if (strcmp(d->length, "ll") == 0)
        return va_arg(args->ap, long long);
    if (strcmp(d->length, "l") == 0)
        return va_arg(args->ap, long);
    return d->length[0] == 'z' ? va_arg(args->ap, ssize_t) : va_arg(args->ap, int);
}

static uintmax_t take_unsigned(const struct directive *d, struct arguments *args)
{
    if (strcmp(d->length, "ll") == 0)
        return va_arg(args->ap, unsigned long long);
    if (strcmp(d->length, "l") == 0)
        return va_arg(args->ap, unsigned long);
    return d->length[0] == 'z' ? va_arg(args->ap, size_t) : va_arg(args->ap, unsigned);
}

static void write_directive(struct out *o, struct directive *d, struct arguments *args)
{
    bool full = o->n >= o->size;
    char *p = full ? NULL : o->p + o->n;
    size_t room = full ? 0 : o->size - o->n;
    int n = -1;
    switch (d->type) {
    case 'd':
    case 'i':
        add(d, "jd", 2);
        n = snprintf(p, room, d->text, take_signed(d, args));
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        add(d, (char[]){'j', d->type}, 2);
        n = snprintf(p, room, d->text, take_unsigned(d, args));
        break;
    case 'c':
        add(d, "c", 1);
        n = snprintf(p, room, d->text, va_arg(args->ap, int));
        break;
    case 's':
        add(d, "s", 1);
        n = snprintf(p, room, d->text, va_arg(args->ap, const char *));
        break;
    case 'p':
        add(d, "p", 1);
        n = snprintf(p, room, d->text, va_arg(args->ap, const void *));
        break;
    case 'f':
    case 'e':
    case 'g':
        add(d, &d->type, 1);
        n = snprintf(p, room, d->text, va_arg(args->ap, double));
        break;
    default: /* a format of ours that nobody thought of here */
        break;
    }
    np_assert(n >= 0);
    o->n += (size_t)n;
}

size_t np_vformat(char *out, size_t size, const char *fmt, va_list ap)
{
    struct out o = {.p = out, .size = size};
    struct arguments args;
    struct directive d;
    va_copy(args.ap, ap);
    while (*fmt != '\0') {
        size_t plain = strcspn(fmt, "%");
        put(&o, fmt, plain);
        fmt += plain;
        if (strncmp(fmt, "%.*s", 4) == 0) {
            int n = va_arg(args.ap, int);
            np_assert(n >= 0);
            put(&o, va_arg(args.ap, const char *), (size_t)n);
            fmt += 4;
        } else if (strncmp(fmt, "%%", 2) == 0) {
            put(&o, fmt, 1);
            fmt += 2;
        } else if (*fmt != '\0') {
            fmt = read_directive(fmt, &args, &d);
            write_directive(&o, &d, &args);
        }
    }
    va_end(args.ap);
    if (size != 0)
        out[o.n < size ? o.n : size - 1] = '\0';
    return o.n;
}
