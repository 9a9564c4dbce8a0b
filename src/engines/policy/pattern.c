/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - texts with wildcards and variables: compiled to pieces, matched without expanding.
 *
 * Between two `*` the length of a pattern is known once its variables are looked up, so the first
 * run is compared at the front, the last at the end, and each one between is taken where it fits
 * first.
 */
#include "engines/policy/policy_int.h"

#include "base/arena.h"

/* --- compiling --- */

struct compiler {
    struct policy_builder *b;
    unsigned flags;
    struct np_str text;
    size_t at;
    struct policy_piece *pieces;
    uint32_t n, vars;
    char *copy; /* literal text, without the marks */
    size_t n_copy;
};

static void add_char(struct compiler *c, char ch)
{
    struct policy_piece *last = c->n > 0 ? &c->pieces[c->n - 1] : NULL;
    if (last == NULL || last->kind != PIECE_TEXT) {
        last = &c->pieces[c->n++];
        *last = (struct policy_piece){.kind = PIECE_TEXT, .text = {c->copy + c->n_copy, 0}};
    }
    c->copy[c->n_copy++] = ch;
    last->text.n++;
}

static void add_wildcard(struct compiler *c, char ch)
{
    enum policy_piece_kind kind = ch == '*' ? PIECE_RUN : PIECE_ONE;
    if (kind == PIECE_RUN && c->n > 0 && c->pieces[c->n - 1].kind == PIECE_RUN)
        return;
    c->pieces[c->n++] = (struct policy_piece){.kind = kind};
}

/* The '}' that ends the variable whose inside begins at `from`; text.n if there is none. */
static size_t variable_end(struct np_str text, size_t from)
{
    bool quoted = false;
    for (size_t i = from; i < text.n; i++) {
        if (text.p[i] == '\'')
            quoted = !quoted;
        else if (text.p[i] == '}' && !quoted)
            return i;
    }
    return text.n;
}

/* name [, 'default'] */
static bool variable_split(struct np_str inside, struct np_str *name, struct np_str *fallback)
{
    struct np_str rest;
    if (!np_str_cut(inside, ',', name, &rest))
        rest = NP_STR_NULL;
    *name = np_str_trim(*name);
    *fallback = NP_STR_NULL;
    if (name->n == 0)
        return false;
    if (rest.p == NULL)
        return true;
    rest = np_str_trim(rest);
    if (rest.n < 2 || rest.p[0] != '\'' || rest.p[rest.n - 1] != '\'')
        return false;
    *fallback = np_str_sub(rest, 1, rest.n - 2);
    return true;
}

/* At "${": takes the variable; false if it is none and the text means itself. */
static bool add_variable(struct compiler *c)
{
    size_t end = variable_end(c->text, c->at + 2);
    if (end == c->text.n)
        return false;
    struct np_str inside = np_str_sub(c->text, c->at + 2, end - c->at - 2), name, fallback;
    if (inside.n == 1 && strchr("*?$", inside.p[0]) != NULL && inside.p[0] != '\0') {
        add_char(c, inside.p[0]);
    } else {
        if (!variable_split(inside, &name, &fallback))
            return false;
        c->vars++;
        c->pieces[c->n++] = (struct policy_piece){.kind = PIECE_VAR,
                                                  .key = policy_key_add(c->b, name),
                                                  .text = np_str_dup(c->b->arena, fallback)};
    }
    c->at = end + 1;
    return true;
}

static void scan(struct compiler *c)
{
    while (c->at < c->text.n) {
        char ch = c->text.p[c->at];
        bool mark = ch == '$' && c->at + 1 < c->text.n && c->text.p[c->at + 1] == '{';
        if ((c->flags & PATTERN_VARIABLES) && mark && add_variable(c))
            continue;
        c->at++;
        if ((c->flags & PATTERN_WILDCARDS) && (ch == '*' || ch == '?'))
            add_wildcard(c, ch);
        else
            add_char(c, ch);
    }
}

static void classify(struct policy_pattern *p)
{
    const struct policy_piece *x = p->pieces;
    p->kind = PATTERN_PIECES;
    p->text = NP_STR("");
    if (p->n_pieces == 0) {
        p->kind = PATTERN_EXACT;
    } else if (p->n_pieces == 1 && x[0].kind == PIECE_RUN) {
        p->kind = PATTERN_ALL;
    } else if (p->n_pieces == 1 && x[0].kind == PIECE_TEXT) {
        p->kind = PATTERN_EXACT;
        p->text = x[0].text;
    } else if (p->n_pieces == 2 && x[0].kind == PIECE_TEXT && x[1].kind == PIECE_RUN) {
        p->kind = PATTERN_PREFIX;
        p->text = x[0].text;
    } else if (p->n_pieces == 2 && x[0].kind == PIECE_RUN && x[1].kind == PIECE_TEXT) {
        p->kind = PATTERN_SUFFIX;
        p->text = x[1].text;
    }
}

/* No more pieces than marks and the texts between them. */
static size_t pieces_max(struct np_str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '*' || text.p[i] == '?' || text.p[i] == '$' ? 2 : 0;
    return n;
}

bool policy_pattern_compile(struct policy_builder *b, struct np_str text, unsigned flags,
                            struct policy_pattern *out)
{
    struct compiler c = {
        .b = b, .flags = b->variables ? flags : flags & ~PATTERN_VARIABLES, .text = text};
    c.pieces = np_new_array(b->arena, struct policy_piece, pieces_max(text));
    c.copy = np_alloc(b->arena, text.n + 1);
    scan(&c);
    *out = (struct policy_pattern){.pieces = c.pieces, .n_pieces = c.n, .n_vars = c.vars};
    classify(out);
    return c.vars <= POLICY_PATTERN_VARS_MAX;
}

/* Length of the part before the next colon outside of a variable. */
static size_t field_length(struct np_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ':')
            return i;
        if (text.p[i] == '$' && i + 1 < text.n && text.p[i + 1] == '{') {
            size_t end = variable_end(text, i + 2);
            i = end < text.n ? end : i;
        }
    }
    return text.n;
}

size_t policy_colons(struct np_str text)
{
    size_t n = 0;
    for (size_t len; (len = field_length(text)) < text.n; n++)
        text = np_str_sub(text, len + 1, text.n);
    return n;
}

bool policy_arn_compile(struct policy_builder *b, struct np_str text, struct policy_arn *out)
{
    bool more = true;
    for (size_t i = 0; i < 6; i++) {
        size_t len = i < 5 ? field_length(text) : text.n;
        struct np_str field = more ? np_str_sub(text, 0, len) : NP_STR("*");
        if (!policy_pattern_compile(b, field, PATTERN_WILDCARDS | PATTERN_VARIABLES,
                                    &out->field[i]))
            return false;
        more = more && len < text.n;
        text = np_str_sub(text, len + 1, text.n);
    }
    return true;
}

/* --- matching --- */

struct run { /* pieces [from, to) without PIECE_RUN, and their length */
    const struct policy_piece *from, *to;
    size_t length;
    const struct np_str *vars; /* value of the first variable in it */
};

static bool text_at(struct np_str want, const char *p, bool ignore_case)
{
    if (ignore_case)
        return np_str_ieq(want, np_str_n(p, want.n));
    return want.n == 0 || memcmp(want.p, p, want.n) == 0;
}

static bool run_at(const struct run *r, const char *p, bool ignore_case)
{
    const struct np_str *var = r->vars;
    for (const struct policy_piece *x = r->from; x < r->to; x++) {
        struct np_str want = x->kind == PIECE_VAR ? *var++ : x->text;
        if (x->kind == PIECE_ONE) {
            p++;
            continue;
        }
        if (!text_at(want, p, ignore_case))
            return false;
        p += want.n;
    }
    return true;
}

/* The first place in `text`, which is no shorter, where the run fits; NULL if none. */
static const char *run_find(const struct run *r, struct np_str text, bool ignore_case)
{
    bool literal = r->from < r->to && r->from->kind == PIECE_TEXT && !ignore_case;
    for (const char *p = text.p, *last = text.p + text.n - r->length; p <= last; p++) {
        if (literal && (p = memchr(p, r->from->text.p[0], (size_t)(last - p) + 1)) == NULL)
            return NULL;
        if (run_at(r, p, ignore_case))
            return p;
    }
    return NULL;
}

static struct run run_next(const struct policy_piece **x, const struct policy_piece *end,
                           const struct np_str **vars)
{
    struct run r = {.from = *x, .to = *x, .vars = *vars};
    for (; r.to < end && r.to->kind != PIECE_RUN; r.to++)
        r.length += r.to->kind == PIECE_ONE   ? 1
                    : r.to->kind == PIECE_VAR ? (*vars)++->n
                                              : r.to->text.n;
    *x = r.to;
    return r;
}

static bool match_runs(const struct policy_pattern *p, struct np_str text, bool ignore_case,
                       const struct np_str *vars)
{
    const struct policy_piece *x = p->pieces, *end = p->pieces + p->n_pieces;
    struct run r = run_next(&x, end, &vars);
    if (x == end)
        return r.length == text.n && run_at(&r, text.p, ignore_case);
    if (r.length > text.n || !run_at(&r, text.p, ignore_case))
        return false;
    text = np_str_n(text.p + r.length, text.n - r.length);
    while (x < end) {
        x++; /* the `*` */
        r = run_next(&x, end, &vars);
        if (r.length > text.n)
            return false;
        if (x == end)
            return run_at(&r, text.p + text.n - r.length, ignore_case);
        const char *found = run_find(&r, text, ignore_case);
        if (found == NULL)
            return false;
        text = np_str_n(found + r.length, text.n - (size_t)(found - text.p) - r.length);
    }
    return true;
}

/* Only a key with one value can stand for a variable. */
static bool variables(const struct policy_pattern *p, struct policy_eval *e, struct np_str *out)
{
    for (const struct policy_piece *x = p->pieces; x < p->pieces + p->n_pieces; x++) {
        const struct np_str *values;
        size_t n;
        if (x->kind != PIECE_VAR)
            continue;
        *out = x->text;
        if (policy_key_find(e, &e->policy->keys[x->key], &values, &n) && n == 1 &&
            values[0].p != NULL)
            *out = values[0];
        if (out->p == NULL) {
            e->unresolved = true;
            return false;
        }
        out++;
    }
    return true;
}

static bool match_pieces(const struct policy_pattern *p, struct np_str text, bool ignore_case,
                         struct policy_eval *e)
{
    struct np_str vars[POLICY_PATTERN_VARS_MAX];
    return (p->n_vars == 0 || variables(p, e, vars)) && match_runs(p, text, ignore_case, vars);
}

bool policy_pattern_match(const struct policy_pattern *p, struct np_str text, bool ignore_case,
                          struct policy_eval *e)
{
    if (text.p == NULL)
        text = NP_STR("");
    switch (p->kind) {
    case PATTERN_ALL:
        return true;
    case PATTERN_EXACT:
        return text.n == p->text.n && text_at(p->text, text.p, ignore_case);
    case PATTERN_PREFIX:
        return text.n >= p->text.n && text_at(p->text, text.p, ignore_case);
    case PATTERN_SUFFIX:
        return text.n >= p->text.n && text_at(p->text, text.p + text.n - p->text.n, ignore_case);
    case PATTERN_PIECES:
        return match_pieces(p, text, ignore_case, e);
    }
    return false;
}

bool policy_arn_match(const struct policy_arn *a, struct np_str text, struct policy_eval *e)
{
    for (size_t i = 0; i < 5; i++) {
        struct np_str field;
        if (!np_str_cut(text, ':', &field, &text) ||
            !policy_pattern_match(&a->field[i], field, false, e))
            return false;
    }
    return policy_pattern_match(&a->field[5], text, false, e);
}
