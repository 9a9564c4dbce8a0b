/* SPDX-License-Identifier: Apache-2.0 */
/* edgefn_test.c - viewer functions by the real worker: what they see, what stops them. */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/edgefn/edgefn.h"
#include "engines/edgefn/frame.h"
#include "io/loop.h"

/* --- messages --- */

NP_TEST(a_frame_is_read_back_whole_or_not_at_all)
{
    const struct np_edgefn_frame f = {.type = NP_EDGEFN_DONE,
                                      .number = 7,
                                      .value = 9,
                                      .text = {NP_STR("{}"), NP_STR(""), NP_STR("abc")}};
    NP_AUTO_BUF b;
    struct np_edgefn_frame got;
    size_t used = 0;
    np_buf_init(&b, NULL, 1000);
    np_edgefn_frame_put(&b, &f);
    for (size_t n = 0; n < b.n; n++)
        NP_CHECK(np_edgefn_frame_get(np_str_n(b.p, n), &got, &used) == NP_EAGAIN, "%zu", n);
    NP_CHECK(np_edgefn_frame_get(np_buf_str(&b), &got, &used) == 0 && used == b.n);
    NP_CHECK(got.type == NP_EDGEFN_DONE && got.number == 7 && got.value == 9);
    NP_CHECK_STR(got.text[0], f.text[0]);
    NP_CHECK_STR(got.text[2], f.text[2]);
}

NP_TEST(a_frame_of_no_kind_or_too_long_is_refused)
{
    uint32_t head[6] = {NP_EDGEFN_TYPES, 0, 0, 0, 0, 0};
    struct np_edgefn_frame got;
    size_t used;
    NP_CHECK(np_edgefn_frame_get(np_str_n(head, sizeof(head)), &got, &used) == NP_EPROTO);
    head[0] = 0;
    NP_CHECK(np_edgefn_frame_get(np_str_n(head, sizeof(head)), &got, &used) == NP_EPROTO);
    head[0] = NP_EDGEFN_DONE;
    head[4] = NP_EDGEFN_TEXT_MAX;
    NP_CHECK(np_edgefn_frame_get(np_str_n(head, sizeof(head)), &got, &used) == NP_EAGAIN);
    head[4]++;
    NP_CHECK(np_edgefn_frame_get(np_str_n(head, sizeof(head)), &got, &used) == NP_EPROTO);
}

/* --- functions --- */

/* The build's own; NULL: it has none. */
static const char *program(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 64);
    NP_CHECK(n > 0);
    path[n] = 0;
    for (int up = 0; up < 3; up++)
        *strrchr(path, '/') = 0;
    memcpy(path + strlen(path), "/nephele-edge-js", sizeof("/nephele-edge-js"));
    return access(path, X_OK) == 0 ? path : NULL;
}

struct fixture {
    struct np_loop *loop;
    struct np_edgefn *f;
};

/* False: this build has no worker. */
static bool setup(struct fixture *x)
{
    *x = (struct fixture){0};
    if (program() == NULL) {
        print_message("no program for functions of the edge: skipped\n");
        return false;
    }
    NP_CHECK(np_loop_new(&x->loop, NULL) == 0);
    x->f = np_edgefn_new(x->loop, np_str_of(program()));
    return true;
}

static void teardown(struct fixture *x)
{
    np_edgefn_free(x->f);
    np_loop_free(x->loop);
}

struct answer {
    int n;
    enum np_edgefn_outcome outcome;
    uint64_t cpu_us;
    unsigned utilization;
    char value[4096], error[4096], logs[16384];
};

static void keep(char *to, size_t room, struct np_str s)
{
    snprintf(to, room, "%.*s", s.p != NULL ? (int)s.n : 9, s.p != NULL ? s.p : "undefined");
}

static void on_done(void *arg, const struct np_edgefn_result *r)
{
    struct answer *a = arg;
    a->n++;
    a->outcome = r->outcome;
    a->cpu_us = r->cpu_us;
    a->utilization = r->utilization;
    keep(a->value, sizeof(a->value), r->value);
    keep(a->error, sizeof(a->error), r->error);
    keep(a->logs, sizeof(a->logs), r->logs);
}

static void wait_for(struct fixture *x, const struct answer *a)
{
    while (a->n == 0)
        np_loop_turn(x->loop, -1);
}

static struct answer call(struct fixture *x, enum np_edgefn_runtime runtime, const char *code,
                          const char *event)
{
    struct answer a = {0};
    struct np_edgefn_code *c = np_edgefn_code_new(runtime, np_str_of(code));
    np_edgefn_call(x->f, x->loop, c, np_str_of(event), 1700000000123, on_done, &a);
    np_edgefn_code_unref(c);
    NP_CHECK(a.n == 0, "never from inside");
    wait_for(x, &a);
    return a;
}

#define JS2(expression) "function handler(e) { return " expression "; }"

NP_TEST(functions_see_what_the_runtime_has)
{
    static const struct {
        enum np_edgefn_runtime runtime;
        const char *code, *want;
    } cases[] = {
        {1, JS2("e.a + 1"), "43"},
        {1, "var handler = function (e) { return {x: e.a}; }", "{\"x\":42}"},
        {2, "const handler = async (e) => { await null; return [e.a]; };", "[42]"},
        {1, JS2("undefined"), "undefined"},
        {1, JS2("typeof Buffer + typeof atob"), "\"undefinedundefined\""},
        {2, JS2("Buffer.from('aGk=', 'base64').toString('hex')"), "\"6869\""},
        {2, JS2("Buffer.concat([Buffer.from('\\u20ac'), Buffer.alloc(2, 'x')]).toString()"),
         "\"\xe2\x82\xac"
         "xx\""},
        {2, JS2("Buffer.from([1, 2, 3, 4]).readUInt32BE(0)"), "16909060"},
        {2, JS2("atob(btoa('a\\xff')) === 'a\\xff'"), "true"},
        {2, JS2("Buffer.from(Buffer.from('ab').toJSON()).equals(Buffer.from('ab'))"), "true"},
        {1, JS2("String.bytesFrom('0a0b', 'hex').toBytes().length"), "2"},
        {1, JS2("'\\u20ac'.toUTF8().fromUTF8()"), "\"\xe2\x82\xac\""},
        {1, JS2("require('crypto').createHash('sha256').update('abc').digest('hex')"),
         "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""},
        {1,
         JS2("require('crypto').createHmac('md5', 'key').update('The quick brown fox jumps over "
             "the lazy dog').digest('hex')"),
         "\"80070713463e7749b90c2dc24911e275\""},
        {2, JS2("require('crypto').createHash('sha1').update('a').update('bc').digest().length"),
         "20"},
        {2, JS2("require('crypto').createHash('md5').update('').digest('base64url')"),
         "\"1B2M2Y8AsgTpgAmY7PhCfg\""},
        {1, JS2("require('querystring').parse('name=value&abc=xyz&abc=1+2&x=%c3%a9')"),
         "{\"name\":\"value\",\"abc\":[\"xyz\",\"1 2\"],\"x\":\"\xc3\xa9\"}"},
        {1, JS2("require('querystring').stringify({a: ['1', '2 3'], b: ''})"),
         "\"a=1&a=2%203&b=\""},
        {1, JS2("[Date.now(), new Date().getTime(), new Date(5).getTime()]"),
         "[1700000000123,1700000000123,5]"},
        {2,
         "import crypto from 'crypto';\n/* x */ import qs from \"querystring\"\n"
         "function handler() { return typeof crypto.createHash + typeof qs.parse; }",
         "\"functionfunction\""},
        {2, JS2("typeof setTimeout + typeof fetch + typeof WebAssembly + typeof SharedArrayBuffer"),
         "\"undefinedundefinedundefinedundefined\""},
        {1, JS2("this === undefined"), "true"},
    };
    struct fixture x;
    if (!setup(&x))
        return;
    NP_EACH (c, cases) {
        struct answer a = call(&x, c->runtime, c->code, "{\"a\":42}");
        NP_CHECK(a.outcome == NP_EDGEFN_OK, "%s: %s", c->code, a.error);
        NP_CHECK_STR(np_str_of(a.value), np_str_of(c->want));
    }
    teardown(&x);
}

NP_TEST(what_a_function_throws_is_told)
{
    static const struct {
        enum np_edgefn_runtime runtime;
        const char *code, *want;
    } cases[] = {
        {1, "function handler(e) { throw new Error('no'); }", "Error: no"},
        {1, "function handler(e) { throw 'text'; }", "text"},
        {2, "async function handler(e) { throw new TypeError('later'); }", "TypeError: later"},
        {2, "async function handler(e) { await new Promise(() => {}); }",
         "TypeError: the promise of the handler is never settled"},
        {1, "function other() {}", "TypeError: there is no function \"handler\""},
        {1, JS2("eval('1')"), "TypeError: eval() is not supported"},
        {1, JS2("new Function('return 1')()"),
         "TypeError: the Function constructor is not supported"},
        {1, JS2("handler.constructor('return 1')()"),
         "TypeError: the Function constructor is not supported"},
        {2, JS2("(async () => {}).constructor('return 1')()"),
         "TypeError: the AsyncFunction constructor is not supported"},
        {1, JS2("require('fs')"), "TypeError: Cannot load module \"fs\""},
        {2, "import cf from 'cloudfront'; function handler() {}",
         "TypeError: the module \"cloudfront\" is not served here: no key-value stores, no change "
         "of origins"},
        {1, "function handler(e) { undeclared = 1; }",
         "ReferenceError: Can't find variable: undeclared"},
        {1, "function handler(e) { var a = {}; a.a = a; return a; }",
         "TypeError: JSON.stringify cannot serialize cyclic structures."},
    };
    struct fixture x;
    if (!setup(&x))
        return;
    NP_EACH (c, cases) {
        struct answer a = call(&x, c->runtime, c->code, "{}");
        NP_CHECK(a.outcome == NP_EDGEFN_THREW, "%s: %d %s", c->code, a.outcome, a.value);
        NP_CHECK_STR(np_str_of(a.error), np_str_of(c->want));
    }
    struct answer a = call(&x, 2, "function handler(e) { return [1,; }", "{}");
    NP_CHECK(a.outcome == NP_EDGEFN_THREW && strncmp(a.error, "SyntaxError", 11) == 0, "%s",
             a.error);
    teardown(&x);
}

NP_TEST(logs_are_collected_and_cut)
{
    struct fixture x;
    if (!setup(&x))
        return;
    struct answer a = call(&x, 1, "function handler(e) { console.log('a', 1, {b: 2}); }", "{}");
    NP_CHECK_STR(np_str_of(a.logs), NP_STR("[\"a 1 {\\\"b\\\":2}\"]"));
    a = call(&x, 1, JS2("console.error"), "{}");
    NP_CHECK_STR(np_str_of(a.value), NP_STR("undefined"));
    a = call(&x, 2, "async function handler(e) { console.error('x'); throw 1; }", "{}");
    NP_CHECK_STR(np_str_of(a.logs), NP_STR("[\"x\"]"));
    a = call(&x, 1,
             "function handler(e) { for (var i = 0; i < 30; i++) console.log('x'.repeat(999)); }",
             "{}");
    NP_CHECK(strlen(a.logs) > NP_EDGEFN_LOGS_MAX - 100 && strlen(a.logs) < NP_EDGEFN_LOGS_MAX + 100,
             "%zu", strlen(a.logs));
    teardown(&x);
}

NP_TEST(nothing_of_a_call_is_left_for_the_next)
{
    static const char code[] =
        "var n = 0; function handler(e) { n++; Array.prototype.spoilt = (globalThis.m || 0) + n;"
        "globalThis.m = 5; return [n, [].spoilt]; }";
    struct fixture x;
    if (!setup(&x))
        return;
    struct np_edgefn_code *c = np_edgefn_code_new(NP_EDGEFN_JS_1_0, np_str_of(code));
    for (int i = 0; i < 3; i++) {
        struct answer a = {0};
        np_edgefn_call(x.f, x.loop, c, NP_STR("{}"), 0, on_done, &a);
        wait_for(&x, &a);
        NP_CHECK_STR(np_str_of(a.value), NP_STR("[1,1]"));
    }
    np_edgefn_code_unref(c);
    teardown(&x);
}

NP_TEST(what_runs_too_long_is_stopped)
{
    static const char *const codes[] = {
        "function handler(e) { for (;;); }",
        "for (;;); function handler(e) {}",
        "function handler(e) { try { for (;;); } catch (x) { for (;;); } finally { for (;;); } }",
        "async function handler(e) { for (;;) await 1; }",
        "function handler(e) { return /^(a+)+$/.test('a'.repeat(40) + 'b'); }",
        "function handler(e) { return {toJSON() { for (;;); }}; }",
    };
    struct fixture x;
    if (!setup(&x))
        return;
    NP_EACH (code, codes) {
        struct answer a = call(&x, 2, *code, "{}");
        NP_CHECK(a.outcome == NP_EDGEFN_TIME && a.utilization == 100, "%s: %d %s %s", *code,
                 a.outcome, a.error, a.value);
        a = call(&x, 2, JS2("1"), "{}");
        NP_CHECK(a.outcome == NP_EDGEFN_OK, "after %s: %d %s", *code, a.outcome, a.error);
    }
    teardown(&x);
}

NP_TEST(what_takes_too_much_memory_is_stopped)
{
    static const char *const codes[] = {
        "function handler(e) { const a = []; for (;;) a.push(new Array(10000).fill(1)); }",
        "function handler(e) { return new Uint8Array(1 << 30).fill(1).length; }",
        "function handler(e) { let s = 'x'; for (;;) s += s; }",
    };
    struct fixture x;
    if (!setup(&x))
        return;
    NP_EACH (code, codes) {
        struct answer a = call(&x, 2, *code, "{}");
        /* The time may be over before the memory is. */
        NP_CHECK(a.outcome == NP_EDGEFN_MEMORY || a.outcome == NP_EDGEFN_TIME ||
                     a.outcome == NP_EDGEFN_THREW,
                 "%s: %d %s", *code, a.outcome, a.value);
        a = call(&x, 2, JS2("1"), "{}");
        NP_CHECK(a.outcome == NP_EDGEFN_OK, "after %s: %d %s", *code, a.outcome, a.error);
    }
    teardown(&x);
}

NP_TEST(calls_survive_the_worker)
{
    struct fixture x;
    struct answer a[8] = {0};
    if (!setup(&x))
        return;
    call(&x, 1, JS2("1"), "{}");
    pid_t first = np_edgefn_pid(x.f);
    NP_CHECK(first > 0);
    struct np_edgefn_code *c = np_edgefn_code_new(1, NP_STR(JS2("e.i")));
    for (int i = 0; i < 8; i++) {
        char event[32];
        snprintf(event, sizeof(event), "{\"i\":%d}", i);
        np_edgefn_call(x.f, x.loop, c, np_str_of(event), 0, on_done, &a[i]);
    }
    kill(first, SIGKILL);
    for (int i = 0; i < 8; i++) {
        char want[8];
        snprintf(want, sizeof(want), "%d", i);
        wait_for(&x, &a[i]);
        NP_CHECK(a[i].outcome == NP_EDGEFN_OK, "%s", a[i].error);
        NP_CHECK_STR(np_str_of(a[i].value), np_str_of(want));
    }
    NP_CHECK(np_edgefn_pid(x.f) > 0 && np_edgefn_pid(x.f) != first);
    np_edgefn_code_unref(c);
    teardown(&x);
}

NP_TEST(a_call_behind_one_that_ends_the_worker_is_run)
{
    struct fixture x;
    struct answer bad = {0}, good = {0};
    if (!setup(&x))
        return;
    struct np_edgefn_code *loop =
        np_edgefn_code_new(2, NP_STR("async function handler() { for (;;) await 1; }"));
    struct np_edgefn_code *c = np_edgefn_code_new(1, NP_STR(JS2("'ok'")));
    np_edgefn_call(x.f, x.loop, loop, NP_STR("{}"), 0, on_done, &bad);
    np_edgefn_call(x.f, x.loop, c, NP_STR("{}"), 0, on_done, &good);
    wait_for(&x, &good);
    NP_CHECK(bad.n == 1 && bad.outcome == NP_EDGEFN_TIME);
    NP_CHECK_STR(np_str_of(good.value), NP_STR("\"ok\""));
    np_edgefn_code_unref(loop);
    np_edgefn_code_unref(c);
    teardown(&x);
}

NP_TEST(a_queue_that_is_full_takes_no_more)
{
    struct fixture x;
    if (!setup(&x))
        return;
    struct answer *a = np_heap_alloc((NP_EDGEFN_QUEUE_MAX + 1) * sizeof(*a));
    struct np_edgefn_code *c = np_edgefn_code_new(1, NP_STR(JS2("1")));
    for (size_t i = 0; i <= NP_EDGEFN_QUEUE_MAX; i++)
        np_edgefn_call(x.f, x.loop, c, NP_STR("{}"), 0, on_done, &a[i]);
    for (size_t i = 0; i <= NP_EDGEFN_QUEUE_MAX; i++)
        wait_for(&x, &a[i]);
    NP_CHECK(a[NP_EDGEFN_QUEUE_MAX - 1].outcome == NP_EDGEFN_OK);
    NP_CHECK(a[NP_EDGEFN_QUEUE_MAX].outcome == NP_EDGEFN_BUSY);
    np_free(a);
    np_edgefn_code_unref(c);
    teardown(&x);
}

NP_TEST(an_event_of_the_largest_and_one_more)
{
    struct fixture x;
    struct answer a[2] = {0};
    if (!setup(&x))
        return;
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 2 * NP_EDGEFN_EVENT_MAX);
    np_buf_lit(&b, "{\"i\":7}");
    while (b.n < NP_EDGEFN_EVENT_MAX + 1)
        np_buf_char(&b, ' ');
    struct np_edgefn_code *c = np_edgefn_code_new(1, NP_STR(JS2("e.i")));
    for (size_t i = 0; i < 2; i++)
        np_edgefn_call(x.f, x.loop, c, np_str_n(b.p, NP_EDGEFN_EVENT_MAX + i), 0, on_done, &a[i]);
    wait_for(&x, &a[0]);
    wait_for(&x, &a[1]);
    NP_CHECK_STR(np_str_of(a[0].value), NP_STR("7"));
    NP_CHECK(a[1].outcome == NP_EDGEFN_BUSY, "%s", a[1].error);
    np_edgefn_code_unref(c);
    teardown(&x);
}

NP_TEST(more_functions_than_the_worker_keeps)
{
    struct fixture x;
    struct np_edgefn_code *codes[NP_EDGEFN_SLOTS + 1];
    if (!setup(&x))
        return;
    for (size_t i = 0; i < NP_LEN(codes); i++) {
        char text[64];
        snprintf(text, sizeof(text), "function handler() { return %zu; }", i);
        codes[i] = np_edgefn_code_new(1, np_str_of(text));
    }
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < NP_LEN(codes); i++) {
            struct answer a = {0};
            char want[16];
            snprintf(want, sizeof(want), "%zu", i);
            np_edgefn_call(x.f, x.loop, codes[i], NP_STR("{}"), 0, on_done, &a);
            wait_for(&x, &a);
            NP_CHECK(a.outcome == NP_EDGEFN_OK, "%zu: %s", i, a.error);
            NP_CHECK_STR(np_str_of(a.value), np_str_of(want));
        }
    for (size_t i = 0; i < NP_LEN(codes); i++)
        np_edgefn_code_unref(codes[i]);
    teardown(&x);
}

NP_TEST(a_program_that_is_none_fails_its_calls)
{
    struct fixture x = {0};
    NP_CHECK(np_loop_new(&x.loop, NULL) == 0);
    NP_CHECK(!np_edgefn_installed(NP_STR("/nowhere/x")));
    x.f = np_edgefn_new(x.loop, NP_STR("/nowhere/x"));
    struct answer none = call(&x, 1, JS2("1"), "{}");
    NP_CHECK(none.outcome == NP_EDGEFN_LOST && none.error[0] != 0);
    np_edgefn_free(x.f);
    x.f = np_edgefn_new(x.loop, NP_STR("/bin/true"));
    struct answer a = call(&x, 1, JS2("1"), "{}");
    NP_CHECK(a.outcome == NP_EDGEFN_LOST, "%s", a.error);
    teardown(&x);
}

NP_TEST(free_forgets_calls_under_way)
{
    struct fixture x;
    struct answer a = {0};
    if (!setup(&x))
        return;
    struct np_edgefn_code *c = np_edgefn_code_new(1, NP_STR(JS2("1")));
    np_edgefn_call(x.f, x.loop, c, NP_STR("{}"), 0, on_done, &a);
    np_loop_turn(x.loop, 0);
    np_edgefn_code_unref(c);
    teardown(&x);
    NP_CHECK(a.n == 0);
}
