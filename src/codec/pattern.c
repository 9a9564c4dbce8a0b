/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - the models' regular expressions by PCRE2.
 *
 * The models write them for Java and JavaScript. Compiled ones stand in a table that only grows,
 * found by the address and the text of the pattern, and are read without a lock.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "codec/pattern.h"

#include <pcre2.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/map.h"
#include "codec/limits.h"

#define SLOTS 4096 /* a power of two; patterns of all services chain here */

struct pattern {
    char *text;
    pcre2_code *code; /* NULL: does not compile */
    struct pattern *next;
};

static _Atomic(struct pattern *) slots[SLOTS];

static int hex_of(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char lower = (char)(p[i] | 0x20);
        if (p[i] >= '0' && p[i] <= '9')
            v = v * 16 + p[i] - '0';
        else if (lower >= 'a' && lower <= 'f')
            v = v * 16 + lower - 'a' + 10;
        else
            return -1;
    }
    return v;
}

/* After "\u": the character and how many bytes of `p` it took; 0: no such escape. */
static size_t unicode_escape(const char *p, unsigned *c)
{
    int high = hex_of(p), low;
    if (high < 0)
        return 0;
    *c = (unsigned)high;
    if (high < 0xD800 || high > 0xDBFF || p[4] != '\\' || p[5] != 'u')
        return 4;
    low = hex_of(p + 6);
    if (low < 0xDC00 || low > 0xDFFF)
        return 4;
    *c = 0x10000 + ((unsigned)(high - 0xD800) << 10) + (unsigned)(low - 0xDC00);
    return 10;
}

static bool is_class_escape(const char *p)
{
    return p[0] == '\\' && p[1] != '\0' && strchr("wWdDsShHvVpP", p[1]) != NULL;
}

struct np_str np_pattern_translate(struct np_arena *a, const char *pattern)
{
    struct np_buf b;
    bool in_class = false, after_class = false;
    np_buf_init(&b, a, 1u << 20);
    for (const char *p = pattern; *p != '\0';) {
        unsigned c = 0;
        size_t n = p[0] == '\\' && p[1] == 'u' ? unicode_escape(p + 2, &c) : 0;
        if (n != 0) {
            np_buf_printf(&b, "\\x{%X}", c);
            p += 2 + n;
            after_class = false;
        } else if (p[0] == '\\' && p[1] != '\0') {
            after_class = in_class && is_class_escape(p);
            np_buf_add(&b, p, 2);
            p += 2;
            if (after_class && (p[-1] == 'p' || p[-1] == 'P') && *p == '{') {
                size_t name = strcspn(p, "}");
                np_buf_add(&b, p, name + (p[name] == '}'));
                p += name + (p[name] == '}');
            }
        } else {
            bool literal = in_class && *p == '-' && p[1] != ']' && (after_class || is_class_escape(p + 1));
            /* A '[' inside a class is itself, but PCRE2 looks for [: after it. */
            if (literal || (in_class && *p == '['))
                np_buf_char(&b, '\\');
            in_class = in_class ? *p != ']' : *p == '[';
            after_class = false;
            np_buf_char(&b, *p++);
        }
    }
    return np_buf_str(&b);
}

static struct pattern *compile(const char *text)
{
    struct np_arena *a = np_arena_new();
    struct np_str s = np_pattern_translate(a, text);
    struct pattern *p = np_heap_new(struct pattern);
    int error;
    PCRE2_SIZE at;
    p->text = np_heap_alloc(strlen(text) + 1);
    memcpy(p->text, text, strlen(text));
    p->code = pcre2_compile((PCRE2_SPTR)s.p, s.n, PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_INVALID_UTF, &error,
                            &at, NULL);
    if (p->code == NULL)
        np_log(NP_DEBUG, "codec.pattern.skip", "error=%d at=%zu pattern=%s", error, (size_t)at, text);
    else
        pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it the interpreter serves */
    np_arena_free(a);
    return p;
}

static void pattern_free(struct pattern *p)
{
    pcre2_code_free(p->code);
    np_free(p->text);
    np_free(p);
}

static struct pattern *find(struct pattern *head, const char *text)
{
    while (head != NULL && strcmp(head->text, text) != 0)
        head = head->next;
    return head;
}

static const struct pattern *pattern_of(const char *text)
{
    _Atomic(struct pattern *) *slot = &slots[np_hash(np_str_of(text)) % SLOTS];
    struct pattern *head = atomic_load_explicit(slot, memory_order_acquire);
    struct pattern *found = find(head, text);
    if (found != NULL)
        return found;
    struct pattern *made = compile(text);
    do {
        if ((found = find(head, text)) != NULL) { /* another thread was first */
            pattern_free(made);
            return found;
        }
        made->next = head;
    } while (!atomic_compare_exchange_weak(slot, &head, made));
    return made;
}

bool np_pattern_match(const char *pattern, struct np_str text)
{
    const struct pattern *p = pattern_of(pattern);
    if (p->code == NULL)
        return true;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    np_assert(data != NULL && context != NULL);
    pcre2_set_match_limit(context, NP_MATCH_STEPS_MAX);
    int rc = pcre2_match(p->code, (PCRE2_SPTR)(text.n != 0 ? text.p : ""), text.n, 0, 0, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return rc >= 0;
}
