/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - the models' regular expressions by PCRE2.
 *
 * The generator has put them into PCRE2's dialect. Compiled ones stand in a table that only grows
 * and is read without a lock.
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

static struct pattern *compile(const char *text)
{
    struct pattern *p = np_heap_new(struct pattern);
    int error;
    PCRE2_SIZE at;
    p->text = np_heap_alloc(strlen(text) + 1);
    memcpy(p->text, text, strlen(text));
    p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                            PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_INVALID_UTF, &error, &at,
                            NULL);
    if (p->code == NULL)
        np_log(NP_DEBUG, "codec.pattern.skip", "error=%d at=%zu pattern=%s", error, (size_t)at,
               text);
    else
        pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it the interpreter serves */
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

static int run(const pcre2_code *code, uint32_t options, struct np_str text)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    np_assert(data != NULL && context != NULL);
    pcre2_set_match_limit(context, NP_MATCH_STEPS_MAX);
    pcre2_set_heap_limit(context, NP_MATCH_KIB_MAX);
    int rc = pcre2_match(code, (PCRE2_SPTR)(text.n != 0 ? text.p : ""), text.n, 0, options, data,
                         context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return rc;
}

bool np_pattern_match(const char *pattern, struct np_str text)
{
    const struct pattern *p = pattern_of(pattern);
    return p->code == NULL || run(p->code, 0, text) >= 0;
}

enum np_pattern_answer np_pattern_whole(struct np_str pattern, struct np_str text)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)(pattern.n != 0 ? pattern.p : ""), pattern.n,
                                     PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                                     &error, &at, NULL);
    if (code == NULL)
        return NP_PATTERN_INVALID;
    int rc = run(code, PCRE2_ANCHORED | PCRE2_ENDANCHORED, text);
    pcre2_code_free(code);
    return rc >= 0 ? NP_PATTERN_MATCHES : NP_PATTERN_DIFFERS;
}
