/* SPDX-License-Identifier: Apache-2.0 */
/* signed.c - signed URLs and signed cookies: may this viewer have this URL? */
#include "services/cloudfront/edge.h"

#include "base/arena.h"
#include "base/enc.h"
#include "services/cloudfront/signed_policy.h"

/* Signatures of RSA 2048 are 256 bytes: what is much longer is none. */
#define TEXT_MAX 8192

static struct np_str query_names[] = {
    {"Expires", 7}, {"Policy", 6}, {"Signature", 9}, {"Key-Pair-Id", 11}, {"Hash-Algorithm", 14}};
static struct np_str cookie_names[] = {{"CloudFront-Expires", 18},
                                       {"CloudFront-Policy", 17},
                                       {"CloudFront-Signature", 20},
                                       {"CloudFront-Key-Pair-Id", 22},
                                       {"CloudFront-Hash-Algorithm", 25}};
enum part { EXPIRES, POLICY, SIGNATURE, KEY, HASH, PARTS };
static const struct np_strs strip_queries = {query_names, NP_LEN(query_names), true};
static const struct np_strs strip_cookies_list = {cookie_names, NP_LEN(cookie_names), true};

/* --- why not --- */

struct problem {
    const char *code, *message;
};
static const struct problem missing_key = {"MissingKey",
                                           "Missing Key-Pair-Id query parameter or cookie value"};
static const struct problem unknown_key = {"InvalidKey", "Unknown Key"};
static const struct problem missing_policy = {
    "MissingPolicy", "Missing Policy or Expires query parameter or cookie value"};
static const struct problem missing_signature = {
    "MissingSignature", "Missing Signature query parameter or cookie value"};
static const struct problem malformed_policy = {"MalformedPolicy", "Malformed Policy"};
static const struct problem malformed_signature = {"MalformedSignature",
                                                   "Could not unencode Signature"};
static const struct problem bad_hash = {"InvalidHashAlgorithm", "Hash-Algorithm is SHA1 or SHA256"};
static const struct problem denied = {"AccessDenied", "Access denied"};

/* The engine asks for the page of a refusal right after it, on the same thread. */
static _Thread_local const struct problem *last;

void cloudfront_signed_problem(const char **code, const char **message)
{
    const struct problem *p = last != NULL ? last : &denied;
    *code = p->code;
    *message = p->message;
}

/* --- what came with the request --- */

struct signed_request {
    const struct np_edge_request *rq;
    struct np_arena *a;
    struct np_str v[PARTS];
    struct np_str query; /* without the parts */
};

static bool is_part(struct np_str name, enum part *which)
{
    for (int i = 0; i < PARTS; i++)
        if (np_str_eq(name, query_names[i])) {
            *which = (enum part)i;
            return true;
        }
    return false;
}

/* The parts of the query, and what is left of it. */
static void take_query(struct signed_request *s)
{
    struct np_str rest = np_edge_request_query(s->rq), pair, name, value;
    struct np_buf left;
    enum part which;
    np_buf_init(&left, s->a, TEXT_MAX * 4);
    while (rest.p != NULL && np_str_split(&rest, '&', &pair)) {
        np_str_cut(pair, '=', &name, &value);
        if (is_part(name, &which)) {
            s->v[which] = value.p != NULL ? value : NP_STR("");
            continue;
        }
        np_buf_str_add(&left, left.n != 0 ? NP_STR("&") : NP_STR(""));
        np_buf_str_add(&left, pair);
    }
    s->query = np_buf_str(&left);
}

static bool has_any(const struct signed_request *s)
{
    for (int i = 0; i < PARTS; i++)
        if (s->v[i].p != NULL)
            return true;
    return false;
}

/* AWS: a URL that is signed is what counts; else cookies are looked at
 * (tests/sdk/test_cloudfront_signed.py). */
static void take(struct signed_request *s)
{
    take_query(s);
    bool in_url = has_any(s);
    for (int k = 0; k < PARTS && !in_url; k++)
        s->v[k] = np_edge_request_cookie(s->rq, cookie_names[k]);
}

/* --- the decision --- */

static struct np_str url_of(const struct signed_request *s, struct np_str host)
{
    return np_str_printf(s->a, "%s://%.*s%.*s%s%.*s",
                         np_edge_request_is_https(s->rq) ? "https" : "http", NP_FMT(host),
                         NP_FMT(np_edge_request_path(s->rq)), s->query.n != 0 ? "?" : "",
                         NP_FMT(s->query));
}

static const struct cloudfront_signer *key_of(const struct cloudfront_trust *t, struct np_str id)
{
    for (size_t i = 0; i < t->n; i++)
        if (np_str_eq(t->ids[i], id))
            return t->keys[i];
    return NULL;
}

/* The policy's text as it was signed; absent: there is none. */
static struct np_str text_of(const struct signed_request *s, struct np_str url)
{
    uint64_t expires;
    if (s->v[POLICY].n != 0)
        return cloudfront_unsafe(s->a, s->v[POLICY]);
    return np_str_u64(s->v[EXPIRES], &expires) ? cloudfront_canned(s->a, url, s->v[EXPIRES])
                                               : NP_STR_NULL;
}

static const struct problem *judge_text(const struct signed_request *s, struct np_str url,
                                        struct np_str text)
{
    struct cloudfront_signed_policy p;
    int64_t now_s = np_region_ms(np_http_loop(np_edge_request_exchange(s->rq))) / 1000;
    if (cloudfront_signed_policy_parse(s->a, text, &p) != 0)
        return &malformed_policy;
    return cloudfront_signed_policy_allows(&p, url, np_edge_request_ip(s->rq), now_s) ? NULL
                                                                                      : &denied;
}

/* For one spelling of the URL. */
static const struct problem *judge_url(const struct signed_request *s,
                                       const struct cloudfront_signer *key, struct np_str url)
{
    struct np_str signature = cloudfront_unsafe(s->a, s->v[SIGNATURE]), text = text_of(s, url);
    bool sha256 = np_str_ieq(s->v[HASH], NP_STR("SHA256"));
    if (s->v[HASH].p != NULL && !sha256 && !np_str_ieq(s->v[HASH], NP_STR("SHA1")))
        return &bad_hash;
    if (text.p == NULL)
        return &malformed_policy;
    if (signature.p == NULL || signature.n == 0)
        return &malformed_signature;
    if (!cloudfront_signer_verify(key, sha256, text, signature))
        return &denied;
    return judge_text(s, url, text);
}

static const struct problem *judge(struct signed_request *s, const struct cloudfront_trust *t)
{
    take(s);
    if (s->v[KEY].n == 0)
        return &missing_key;
    if (s->v[POLICY].n == 0 && s->v[EXPIRES].n == 0)
        return &missing_policy;
    if (s->v[SIGNATURE].n == 0)
        return &missing_signature;
    for (int i = 0; i < PARTS; i++)
        if (s->v[i].n > TEXT_MAX)
            return &denied;
    const struct cloudfront_signer *key = key_of(t, s->v[KEY]);
    if (key == NULL)
        return &unknown_key;
    struct np_str host = np_edge_request_host(s->rq), bare, port;
    const struct problem *p = judge_url(s, key, url_of(s, host));
    /* The port of an address that stands for 80 or 443 is not in what was signed. */
    if (p != &denied || !np_str_cut(host, ':', &bare, &port))
        return p;
    return judge_url(s, key, url_of(s, bare));
}

int cloudfront_signed_check(void *arg, const void *signers, const struct np_edge_request *rq,
                            const struct np_strs **strip_query,
                            const struct np_strs **strip_cookies)
{
    struct signed_request s = {.rq = rq, .a = np_edge_request_arena(rq)};
    (void)arg;
    *strip_query = &strip_queries;
    *strip_cookies = &strip_cookies_list;
    last = judge(&s, signers);
    return last == NULL ? 0 : 403;
}
