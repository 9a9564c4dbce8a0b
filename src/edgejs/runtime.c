/* SPDX-License-Identifier: Apache-2.0 */
/* runtime.c - functions in JavaScriptCore.
 *
 * Every call has globals of its own, thrown away behind it: AWS runs each one in a fresh copy too,
 * and nothing that one viewer's request leaves behind is there for the next. Fresh globals take
 * longer to make than a function runs, so a pair of them is made while nobody waits.
 */
#include "edgejs/edgejs.h"

#include <JavaScriptCore/JavaScript.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"

/* Exported by the library, declared in a header that is not installed. */
extern void JSContextGroupSetExecutionTimeLimit(JSContextGroupRef group, double seconds,
                                                bool (*stop)(JSContextRef c, void *arg), void *arg);
extern void JSSynchronousGarbageCollectForDebugging(JSContextRef c);

extern const char edgejs_prelude[]; /* prelude.js */

#define RUNTIMES        3   /* by number; 0 is none */
#define COLLECT_IDLE    64  /* calls behind which a pause is used to collect, */
#define COLLECT_AT_MOST 128 /* and behind which it is done in any case */

struct function {
    enum np_edgefn_runtime runtime; /* 0: none */
    JSStringRef code;               /* NULL: it is no text */
};

/* Globals with what the prelude gives. */
struct realm {
    JSGlobalContextRef c; /* NULL: none */
    JSObjectRef calls, begin, run, fail, finish;
};

static struct {
    JSContextGroupRef group;
    JSStringRef prelude, handler;
    struct realm spare[RUNTIMES];
    struct function slots[NP_EDGEFN_SLOTS];
    unsigned dropped; /* realms since the last collection */
    bool calling;     /* else what runs is ours, and takes the time that it needs */
    bool stopped;     /* the call under way went over its time */
} js;

/* --- texts --- */

static JSStringRef js_string(struct np_str s)
{
    char *z = malloc(s.n + 1);
    if (z == NULL)
        abort();
    if (s.n != 0)
        memcpy(z, s.p, s.n);
    z[s.n] = 0;
    JSStringRef out = JSStringCreateWithUTF8CString(z);
    free(z);
    return out;
}

static JSValueRef js_text(JSContextRef c, struct np_str s)
{
    JSStringRef t = js_string(s);
    JSValueRef v = JSValueMakeString(c, t);
    JSStringRelease(t);
    return v;
}

static void add_text(struct np_buf *b, JSContextRef c, JSValueRef v)
{
    JSStringRef s = v != NULL ? JSValueToStringCopy(c, v, NULL) : NULL;
    if (s == NULL)
        return;
    size_t room = JSStringGetMaximumUTF8CStringSize(s);
    char *z = malloc(room);
    if (z == NULL)
        abort();
    size_t n = JSStringGetUTF8CString(s, z, room);
    np_buf_add(b, z, n > 0 ? n - 1 : 0);
    free(z);
    JSStringRelease(s);
}

static JSObjectRef member(JSContextRef c, JSObjectRef o, const char *name)
{
    JSStringRef s = JSStringCreateWithUTF8CString(name);
    JSValueRef v = JSObjectGetProperty(c, o, s, NULL);
    JSStringRelease(s);
    return v != NULL && JSValueIsObject(c, v) ? JSValueToObject(c, v, NULL) : NULL;
}

/* --- what is native --- */

static struct np_str bytes_of(JSContextRef c, JSValueRef v)
{
    if (!JSValueIsObject(c, v) ||
        JSValueGetTypedArrayType(c, v, NULL) != kJSTypedArrayTypeUint8Array)
        return NP_STR_NULL;
    JSObjectRef o = JSValueToObject(c, v, NULL);
    const char *p = JSObjectGetTypedArrayBytesPtr(c, o, NULL);
    size_t at = JSObjectGetTypedArrayByteOffset(c, o, NULL);
    return p != NULL ? np_str_n(p + at, JSObjectGetTypedArrayByteLength(c, o, NULL)) : NP_STR_NULL;
}

/* digest(algorithm, bytes, out) */
static JSValueRef native_digest(JSContextRef c, JSObjectRef function, JSObjectRef self, size_t n,
                                const JSValueRef args[], JSValueRef *exception)
{
    static const struct {
        const char *name;
        enum np_digest_alg alg;
    } algorithms[] = {{"md5", NP_MD5}, {"sha1", NP_SHA1}, {"sha256", NP_SHA256}};
    if (n != 3)
        return JSValueMakeUndefined(c);
    JSStringRef name = JSValueToStringCopy(c, args[0], NULL);
    struct np_str in = bytes_of(c, args[1]), out = bytes_of(c, args[2]);
    NP_EACH (a, algorithms) {
        if (name == NULL || !JSStringIsEqualToUTF8CString(name, a->name) ||
            out.n != np_digest_size(a->alg))
            continue;
        uint8_t digest[NP_DIGEST_MAX];
        np_digest_once(a->alg, np_str_n(in.p != NULL ? in.p : "", in.n), digest);
        memcpy((char *)(uintptr_t)out.p, digest, out.n);
    }
    if (name != NULL)
        JSStringRelease(name);
    return JSValueMakeUndefined(c);
}

/* --- realms --- */

static struct realm make_realm(enum np_edgefn_runtime runtime)
{
    struct realm r = {.c = JSGlobalContextCreateInGroup(js.group, NULL)};
    JSObjectRef native = JSObjectMake(r.c, NULL, NULL);
    JSStringRef name = JSStringCreateWithUTF8CString("digest");
    JSObjectSetProperty(r.c, native, name,
                        JSObjectMakeFunctionWithCallback(r.c, name, native_digest),
                        kJSPropertyAttributeNone, NULL);
    JSStringRelease(name);
    JSValueRef prelude = JSEvaluateScript(r.c, js.prelude, NULL, NULL, 1, NULL);
    JSValueRef args[] = {native, JSValueMakeNumber(r.c, runtime)}, made = NULL;
    if (prelude != NULL && JSValueIsObject(r.c, prelude))
        made =
            JSObjectCallAsFunction(r.c, JSValueToObject(r.c, prelude, NULL), NULL, 2, args, NULL);
    if (made == NULL || !JSValueIsObject(r.c, made))
        return r;
    r.calls = JSValueToObject(r.c, made, NULL);
    r.begin = member(r.c, r.calls, "begin");
    r.run = member(r.c, r.calls, "run");
    r.fail = member(r.c, r.calls, "fail");
    r.finish = member(r.c, r.calls, "finish");
    JSValueProtect(r.c, r.calls); /* and with it the four */
    return r;
}

static struct realm take_realm(enum np_edgefn_runtime runtime)
{
    struct realm r = js.spare[runtime];
    js.spare[runtime] = (struct realm){0};
    return r.c != NULL ? r : make_realm(runtime);
}

static void collect(void)
{
    if (js.spare[NP_EDGEFN_JS_2_0].c == NULL)
        js.spare[NP_EDGEFN_JS_2_0] = make_realm(NP_EDGEFN_JS_2_0);
    JSSynchronousGarbageCollectForDebugging(js.spare[NP_EDGEFN_JS_2_0].c);
    js.dropped = 0;
}

static void drop_realm(struct realm *r)
{
    if (r->calls != NULL)
        JSValueUnprotect(r->c, r->calls);
    JSGlobalContextRelease(r->c);
    js.dropped++;
}

/* --- calls --- */

static bool on_time(JSContextRef c, void *arg)
{
    (void)c, (void)arg;
    js.stopped = js.calling;
    return js.calling;
}

static void call(const struct realm *r, JSObjectRef f, size_t n, const JSValueRef *args)
{
    if (!js.stopped)
        JSObjectCallAsFunction(r->c, f, NULL, n, args, NULL);
}

/* The code, then the handler with the event. */
static void run(const struct realm *r, const struct function *f, struct np_str event,
                int64_t clock_ms)
{
    JSValueRef clock = JSValueMakeNumber(r->c, (double)clock_ms), thrown = NULL;
    call(r, r->begin, 1, &clock);
    if (f->code == NULL) {
        thrown = js_text(r->c, NP_STR("SyntaxError: the code is no UTF-8 text"));
        call(r, r->fail, 1, &thrown);
        return;
    }
    JSEvaluateScript(r->c, f->code, NULL, NULL, 1, &thrown);
    if (thrown != NULL) {
        call(r, r->fail, 1, &thrown);
        return;
    }
    if (js.stopped)
        return;
    JSValueRef args[] = {JSEvaluateScript(r->c, js.handler, NULL, NULL, 1, NULL),
                         js_text(r->c, event)};
    if (args[0] != NULL)
        call(r, r->run, 2, args);
}

static void finish(const struct realm *r, struct edgejs_result *out)
{
    JSValueRef v = NULL;
    if (!js.stopped && r->finish != NULL)
        v = JSObjectCallAsFunction(r->c, r->finish, NULL, 0, NULL, NULL);
    out->type = NP_EDGEFN_TIMED_OUT;
    if (js.stopped)
        return;
    out->type = NP_EDGEFN_FAILED;
    if (v == NULL || !JSValueIsObject(r->c, v))
        return;
    JSObjectRef o = JSValueToObject(r->c, v, NULL);
    JSValueRef done = JSObjectGetPropertyAtIndex(r->c, o, 0, NULL);
    if (done != NULL && JSValueToBoolean(r->c, done))
        out->type = NP_EDGEFN_DONE;
    add_text(&out->text, r->c, JSObjectGetPropertyAtIndex(r->c, o, 1, NULL));
    add_text(&out->logs, r->c, JSObjectGetPropertyAtIndex(r->c, o, 2, NULL));
    if (!np_buf_ok(&out->text) || !np_buf_ok(&out->logs)) {
        out->type = NP_EDGEFN_FAILED;
        np_buf_clear(&out->text);
        np_buf_clear(&out->logs);
        np_buf_printf(&out->text, "RangeError: the function returned more than %zu bytes",
                      NP_EDGEFN_EVENT_MAX);
    }
}

static uint64_t cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void edgejs_call(uint32_t slot, struct np_str event, int64_t clock_ms, struct edgejs_result *out)
{
    const struct function *f = &js.slots[slot];
    struct realm r = take_realm(f->runtime);
    np_buf_clear(&out->text);
    np_buf_clear(&out->logs);
    js.stopped = false;
    uint64_t start = cpu_us();
    edgejs_guard_begin();
    js.calling = true;
    if (r.finish != NULL)
        run(&r, f, event, clock_ms);
    finish(&r, out);
    js.calling = false;
    edgejs_guard_end();
    out->cpu_us = (uint32_t)(cpu_us() - start);
    if (out->logs.n == 0)
        np_buf_lit(&out->logs, "[]");
    if (out->type != NP_EDGEFN_TIMED_OUT && out->cpu_us > NP_EDGEFN_CPU_US) {
        out->type = NP_EDGEFN_TIMED_OUT; /* each of its parts was short enough, the sum is not */
        np_buf_clear(&out->text);
    }
    drop_realm(&r);
    if (js.dropped >= COLLECT_AT_MOST)
        collect();
}

void edgejs_rest(void)
{
    for (int i = NP_EDGEFN_JS_1_0; i < RUNTIMES; i++)
        if (js.spare[i].c == NULL)
            js.spare[i] = make_realm((enum np_edgefn_runtime)i);
    if (js.dropped >= COLLECT_IDLE)
        collect();
}

void edgejs_load(uint32_t slot, enum np_edgefn_runtime runtime, struct np_str code)
{
    struct function *f = &js.slots[slot];
    if (f->code != NULL)
        JSStringRelease(f->code);
    *f = (struct function){.runtime = runtime};
    if (!np_utf8_ok(code) || memchr(code.p, 0, code.n) != NULL)
        return;
    struct np_buf text;
    np_buf_init(&text, NULL, 2 * NP_EDGEFN_TEXT_MAX);
    np_buf_lit(&text, "'use strict'; ");
    if (runtime == NP_EDGEFN_JS_2_0)
        edgejs_imports(code, &text);
    else
        np_buf_str_add(&text, code);
    f->code = js_string(np_buf_str(&text));
    np_buf_fini(&text);
}

/* --- the start --- */

int edgejs_init(void)
{
    /* No compiler: it would need memory that is written and executed, and for functions as short as
     * these it gains nothing. */
    setenv("JSC_useJIT", "0", 1);
    setenv("JSC_numberOfGCMarkers", "1", 1);
    /* Garbage is collected between calls, in a call only what it makes itself beyond this. */
    setenv("JSC_smallHeapSize", "33554432", 1);
    js.group = JSContextGroupCreate();
    js.prelude = JSStringCreateWithUTF8CString(edgejs_prelude);
    js.handler =
        JSStringCreateWithUTF8CString("typeof handler === 'function' ? handler : undefined");
    JSContextGroupSetExecutionTimeLimit(js.group, NP_EDGEFN_CPU_US / 1e6, on_time, NULL);
    edgejs_rest();
    if (js.spare[NP_EDGEFN_JS_1_0].finish == NULL || js.spare[NP_EDGEFN_JS_2_0].finish == NULL)
        return -1;
    /* Once with all that calls use: threads are started, algorithms fetched. */
    static const char warm[] =
        "async function handler(e) { const c = require('crypto');"
        "for (const a of ['md5', 'sha1', 'sha256']) c.createHmac(a, 'k').update('x').digest('hex');"
        "return require('querystring').parse(Buffer.from(e.x).toString()); }";
    struct edgejs_result r;
    np_buf_init(&r.text, NULL, NP_EDGEFN_TEXT_MAX);
    np_buf_init(&r.logs, NULL, NP_EDGEFN_TEXT_MAX);
    edgejs_load(0, NP_EDGEFN_JS_2_0, np_str_of(warm));
    for (int i = 0; i < 2; i++)
        edgejs_call(0, NP_STR("{\"x\":\"a=b\"}"), 0, &r);
    bool ok = r.type == NP_EDGEFN_DONE;
    np_buf_fini(&r.text);
    np_buf_fini(&r.logs);
    edgejs_rest();
    collect();
    return ok ? 0 : -1;
}
