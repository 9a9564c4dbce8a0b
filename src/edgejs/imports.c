/* SPDX-License-Identifier: Apache-2.0 */
/* imports.c - imports of built-in modules at the head of a function's code. */
#include "edgejs/edgejs.h"

struct scan {
    const char *p, *end;
};

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

static bool starts(const struct scan *s, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(s->end - s->p) >= n && memcmp(s->p, text, n) == 0;
}

/* To the end of a comment; true if there was one. */
static bool comment(struct scan *s)
{
    const char *close = starts(s, "//") ? "\n" : starts(s, "/*") ? "*/" : NULL;
    if (close == NULL)
        return false;
    for (s->p += 2; s->p < s->end && !starts(s, close);)
        s->p++;
    if (s->p < s->end)
        s->p += strlen(close);
    return true;
}

static void blanks(struct scan *s)
{
    do {
        while (s->p < s->end && memchr(" \t\r\n", *s->p, 4) != NULL)
            s->p++;
    } while (comment(s));
}

static bool word(struct scan *s, struct np_str *out)
{
    const char *start = s->p;
    while (s->p < s->end && is_name(*s->p))
        s->p++;
    *out = np_str_n(start, (size_t)(s->p - start));
    return out->n != 0;
}

static bool quoted(struct scan *s, struct np_str *out)
{
    if (s->p == s->end || (*s->p != '\'' && *s->p != '"'))
        return false;
    char quote = *s->p++;
    if (!word(s, out) || s->p == s->end || *s->p != quote)
        return false;
    s->p++;
    return true;
}

/* import NAME from 'MODULE' */
static bool import(struct scan *s, struct np_str *name, struct np_str *module)
{
    struct scan t = *s;
    struct np_str keyword, from;
    bool ok = word(&t, &keyword) && np_str_is(keyword, "import");
    blanks(&t);
    ok = ok && word(&t, name);
    blanks(&t);
    ok = ok && word(&t, &from) && np_str_is(from, "from");
    blanks(&t);
    ok = ok && quoted(&t, module);
    if (ok)
        *s = t;
    return ok;
}

void edgejs_imports(struct np_str code, struct np_buf *out)
{
    struct scan s = {code.p, code.p + code.n};
    struct np_str name, module;
    for (;;) {
        const char *from = s.p;
        blanks(&s);
        np_buf_add(out, from, (size_t)(s.p - from));
        from = s.p;
        if (!import(&s, &name, &module))
            break;
        np_buf_printf(out, "const %.*s = require('%.*s')", NP_FMT(name), NP_FMT(module));
        for (const char *p = from; p < s.p; p++)
            if (*p == '\n')
                np_buf_char(out, '\n');
        if (s.p < s.end && *s.p == ';')
            np_buf_char(out, *s.p++);
    }
    np_buf_add(out, s.p, (size_t)(s.end - s.p));
}
