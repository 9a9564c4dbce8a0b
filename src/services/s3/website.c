/* SPDX-License-Identifier: Apache-2.0 */
/* website.c - a bucket as a website, on its own host names: index and error documents, redirects.
 *
 * What a request comes to is found out before it becomes an operation: a page is then GetObject or
 * HeadObject of the key that was found, with its ranges, conditions and streaming; everything else
 * is answered here, in HTML.
 */
#include "services/s3/bucket_int.h"

#include "aws/browser.h"
#include "base/enc.h"
#include "services/s3/host.h"
#include "services/s3/limits.h"
#include "services/s3/website_rules.h"

/* --- the configuration --- */

int s3_GetBucketWebsite(struct np_req *rq, const struct s3_GetBucketWebsiteRequest *in,
                        struct s3_GetBucketWebsiteOutput *out, struct np_err *err)
{
    const struct s3_bucket *b;
    int rc = s3_bucket_need(rq, in->Bucket, in->ExpectedBucketOwner, &b, err);
    if (rc != 0)
        return rc;
    if (b->website == NULL)
        return s3_absent(err, &S3_NoSuchWebsiteConfiguration, b,
                         "The specified bucket does not have a website configuration");
    out->RedirectAllRequestsTo = b->website->RedirectAllRequestsTo;
    out->IndexDocument = b->website->IndexDocument;
    out->ErrorDocument = b->website->ErrorDocument;
    out->RoutingRules = b->website->RoutingRules;
    return 0;
}

int s3_PutBucketWebsite_begin(struct np_req *rq, const struct s3_PutBucketWebsiteRequest *in,
                              struct np_err *err)
{
    struct np_err why = {0};
    int rc = s3_config_begin(rq, in->Bucket, in->ExpectedBucketOwner, NULL, err);
    if (rc != 0)
        return rc;
    switch (s3_website_check(in->WebsiteConfiguration, &why)) {
    case 0:
        return np_apply(rq);
    case NP_EPROTO:
        return s3_malformed(err);
    case NP_E2BIG:
        return np_fault(err, &S3_InvalidRequest, "%.*s", NP_FMT(np_err_text(&why)));
    default:
        return np_fault(err, &S3_InvalidArgument, "%.*s", NP_FMT(np_err_text(&why)));
    }
}

int s3_PutBucketWebsite_apply(struct np_txn *t, const struct s3_PutBucketWebsiteRequest *in,
                              struct s3_PutBucketWebsiteOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_WEBSITE, in->WebsiteConfiguration, err);
}

int s3_DeleteBucketWebsite_apply(struct np_txn *t, const struct s3_DeleteBucketWebsiteRequest *in,
                                 struct s3_DeleteBucketWebsiteOutput *out, struct np_err *err)
{
    (void)out;
    return s3_config_set(t, in->Bucket, S3_CFG_WEBSITE, NULL, err);
}

/* --- what a request comes to --- */

struct problem { /* of a page; code NULL: none */
    int status;
    const char *code, *message;
    const char *detail; /* name of a further line */
    struct np_str detail_value;
};

struct visit {
    const struct s3_bucket *b;
    struct np_str name, key; /* of the bucket; decoded, as asked for */
    struct np_str page;      /* the object to send; absent: none */
    int page_status;         /* 0: the object's own */
    struct s3_redirect redirect;
    struct problem problem, error_document;
};

static const struct problem denied = {403, "AccessDenied", "Access Denied", NULL, {NULL, 0}};

static struct problem no_such_key(struct np_str key)
{
    return (struct problem){404, "NoSuchKey", "The specified key does not exist.", "Key", key};
}

/* 0: the page is there for everybody; else the status that its reader would get. */
static int look(struct np_req *rq, struct visit *v, struct np_str key,
                struct s3_object_facts *facts)
{
    struct np_err err;
    *facts = (struct s3_object_facts){0};
    if (s3_authorize_object(rq, v->b, "s3:GetObject", key, NP_STR_NULL, &err) != 0)
        return 403;
    if (s3_object_facts(rq, v->b, key, NP_STR_NULL, facts, &err) != 0)
        return 500;
    /* AWS: what KMS encrypts is not for those who do not sign (tests/sdk/test_s3_kms.py). */
    if (facts->exists)
        return facts->by_kms ? 403 : 0;
    return s3_may_list(rq, v->b) ? 404 : 403;
}

static void send_to(struct visit *v, int status, struct np_str location)
{
    v->redirect = (struct s3_redirect){.status = status, .location = location};
}

static struct np_str scheme_of(const struct np_req *rq)
{
    return rq->zone.tls ? NP_STR("https") : NP_STR("http");
}

static bool follow_rule(struct np_req *rq, struct visit *v, int status)
{
    const struct s3_RoutingRule *r = s3_website_rule(v->b->website, v->key, status);
    if (r != NULL)
        s3_website_redirect(rq->arena, r, scheme_of(rq), rq->host, v->key, &v->redirect);
    return r != NULL;
}

static void redirect_all(struct np_req *rq, struct visit *v)
{
    const struct s3_RedirectAllRequestsTo *to = v->b->website->RedirectAllRequestsTo;
    struct np_str query = rq->wire.query;
    struct np_str scheme = to->Protocol.n != 0 ? to->Protocol : scheme_of(rq);
    send_to(v, 301,
            np_str_printf(rq->arena, "%.*s://%.*s%.*s%s%.*s", NP_FMT(scheme), NP_FMT(to->HostName),
                          NP_FMT(rq->wire.path), query.n != 0 ? "?" : "", NP_FMT(query)));
}

/* The site's own page for an error, with the error's status. */
static void use_error_document(struct np_req *rq, struct visit *v)
{
    struct s3_object_facts facts;
    if (v->b->website->ErrorDocument == NULL || v->problem.status >= 500)
        return;
    struct np_str key = v->b->website->ErrorDocument->Key;
    int status = look(rq, v, key, &facts);
    if (status == 0) {
        v->page = key;
        v->page_status = v->problem.status;
    } else {
        v->error_document = status == 404 ? no_such_key(key) : denied;
    }
}

/* "/docs" without an object of that name, but with "docs/index.html". */
static bool is_folder(struct np_req *rq, struct visit *v)
{
    struct s3_object_facts facts;
    struct np_str suffix = v->b->website->IndexDocument->Suffix;
    if (v->key.n == 0 || v->key.p[v->key.n - 1] == '/')
        return false;
    struct np_str index = np_str_printf(rq->arena, "%.*s/%.*s", NP_FMT(v->key), NP_FMT(suffix));
    return look(rq, v, index, &facts) == 0;
}

static void find_page(struct np_req *rq, struct visit *v)
{
    struct np_str page = v->key;
    struct s3_object_facts facts;
    if (page.n == 0 || page.p[page.n - 1] == '/')
        page = np_str_cat(rq->arena, page, v->b->website->IndexDocument->Suffix);
    int status = look(rq, v, page, &facts);
    if (status == 0 && facts.website_redirect.n != 0) {
        send_to(v, 301, facts.website_redirect);
        return;
    }
    if (status == 0) {
        v->page = page;
        return;
    }
    if (status != 500 && is_folder(rq, v)) {
        send_to(v, 302, np_str_printf(rq->arena, "%.*s/", NP_FMT(rq->wire.path)));
        return;
    }
    if (follow_rule(rq, v, status))
        return;
    v->problem = denied;
    if (status == 404)
        v->problem = no_such_key(page);
    else if (status == 500)
        v->problem = (struct problem){500, "InternalError",
                                      "We encountered an internal error. Please try again.", NULL,
                                      NP_STR_NULL};
    use_error_document(rq, v);
}

static void resolve(struct np_req *rq, struct visit *v, struct np_str region)
{
    bool reads = np_str_is(rq->wire.method, "GET") || np_str_is(rq->wire.method, "HEAD");
    v->b = s3_bucket_find(rq->core, v->name);
    struct np_str path = rq->wire.path;
    v->key = np_uri_decode(rq->arena, np_str_sub(path, 1, path.n), false);
    if (v->b == NULL) {
        v->problem = (struct problem){404, "NoSuchBucket", "The specified bucket does not exist",
                                      "BucketName", v->name};
    } else if (region.p != NULL && !np_str_eq(region, v->b->region)) {
        struct np_str want = np_str_printf(rq->arena, "%.*s.s3-website.%.*s.amazonaws.com",
                                           NP_FMT(v->name), NP_FMT(v->b->region));
        v->problem = (struct problem){400, "IncorrectEndpoint",
                                      "The specified bucket exists in another region. Please "
                                      "direct requests to the specified endpoint.",
                                      "Endpoint", want};
    } else if (v->b->website == NULL) {
        v->problem = (struct problem){404, "NoSuchWebsiteConfiguration",
                                      "The specified bucket does not have a website configuration",
                                      "BucketName", v->name};
    } else if (v->b->website->RedirectAllRequestsTo != NULL) {
        redirect_all(rq, v);
    } else if (!reads) {
        v->problem = (struct problem){405, "MethodNotAllowed",
                                      "The specified method is not allowed against this resource.",
                                      "Method", rq->wire.method};
    } else if (v->key.p == NULL) {
        v->problem = (struct problem){400, "InvalidURI", "Couldn't parse the specified URI.", NULL,
                                      NP_STR_NULL};
    } else if (!follow_rule(rq, v, 0)) {
        find_page(rq, v);
    }
}

/* --- a page: an operation of the bucket --- */

/* The fields of a visitor's request that an object's operation understands. An error page is sent
 * whole, whatever part of the missing one was asked for. */
static void keep_fields(struct np_req *rq, bool whole)
{
    static const char *const kept[] = {"host",   "user-agent",     "referer",
                                       "origin", "sec-fetch-site", "sec-fetch-mode"};
    static const char *const partial[] = {
        "range",   "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
        "if-range"};
    struct np_wire_field *out =
        np_new_array(rq->arena, struct np_wire_field, rq->wire.n_fields + 1);
    size_t n = 0;
    for (size_t i = 0; i < rq->wire.n_fields; i++) {
        bool keep = false;
        NP_EACH (k, kept)
            keep = keep || np_str_ieq(rq->wire.fields[i].name, np_str_of(*k));
        NP_EACH (k, partial)
            keep = keep || (!whole && np_str_ieq(rq->wire.fields[i].name, np_str_of(*k)));
        if (keep)
            out[n++] = rq->wire.fields[i];
    }
    rq->wire.fields = out;
    rq->wire.n_fields = n;
}

static int to_operation(struct np_req *rq, const struct visit *v)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 16 * 1024);
    np_buf_char(&b, '/');
    np_buf_str_add(&b, v->b->name);
    np_buf_char(&b, '/');
    np_uri_encode(&b, v->page, true);
    rq->wire.path = np_buf_str(&b);
    rq->wire.query = NP_STR_NULL;
    keep_fields(rq, v->page_status != 0);
    if (v->page_status != 0)
        np_req_reply_status(rq, v->page_status);
    return 2;
}

/* --- everything else --- */

static void put_escaped(struct np_buf *b, struct np_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '<':
            np_buf_lit(b, "&lt;");
            break;
        case '>':
            np_buf_lit(b, "&gt;");
            break;
        case '&':
            np_buf_lit(b, "&amp;");
            break;
        case '"':
            np_buf_lit(b, "&quot;");
            break;
        default:
            np_buf_char(b, s.p[i]);
        }
    }
}

static void put_item(struct np_buf *b, const char *name, struct np_str value)
{
    np_buf_printf(b, "<li>%s: ", name);
    put_escaped(b, value);
    np_buf_lit(b, "</li>\n");
}

static void put_problem(struct np_buf *b, const struct problem *p)
{
    put_item(b, "Code", np_str_of(p->code));
    put_item(b, "Message", np_str_of(p->message));
    if (p->detail != NULL)
        put_item(b, p->detail, p->detail_value);
}

static struct np_str reason_of(int status)
{
    switch (status) {
    case 400:
        return NP_STR("Bad Request");
    case 403:
        return NP_STR("Forbidden");
    case 404:
        return NP_STR("Not Found");
    case 405:
        return NP_STR("Method Not Allowed");
    default:
        return NP_STR("Internal Server Error");
    }
}

/* AWS: the page that a website endpoint shows for an error (tests/sdk/test_s3_website.py). */
static struct np_str error_page(struct np_req *rq, const struct visit *v)
{
    struct np_buf b;
    struct np_str reason = reason_of(v->problem.status);
    np_buf_init(&b, rq->arena, S3_PAGE_MAX);
    np_buf_printf(&b,
                  "<html>\n<head><title>%d %.*s</title></head>\n<body>\n<h1>%d %.*s</h1>\n<ul>\n",
                  v->problem.status, NP_FMT(reason), v->problem.status, NP_FMT(reason));
    put_problem(&b, &v->problem);
    put_item(&b, "RequestId", rq->request_id);
    put_item(&b, "HostId", rq->host_id);
    np_buf_lit(&b, "</ul>\n");
    if (v->error_document.code != NULL) {
        np_buf_lit(&b, "<h3>An Error Occurred While Attempting to Retrieve a Custom Error "
                       "Document</h3>\n<ul>\n");
        put_problem(&b, &v->error_document);
        np_buf_lit(&b, "</ul>\n");
    }
    np_buf_lit(&b, "<hr/>\n</body>\n</html>\n");
    return np_buf_str(&b);
}

static int serve(struct np_req *rq, struct np_err *err)
{
    const struct visit *v = rq->priv;
    struct np_http_field fields[8];
    size_t n = 0;
    (void)err;
#define ADD(name_, value_) fields[n++] = (struct np_http_field){np_str_of(name_), (value_)}
    s3_make_ids(rq);
    ADD("x-amz-request-id", rq->request_id);
    ADD("x-amz-id-2", rq->host_id);
    ADD("Server", NP_STR("AmazonS3"));
    if (v->redirect.status != 0) {
        ADD("Location", v->redirect.location);
        np_req_send(rq, v->redirect.status, fields, n, NP_STR(""));
        return NP_LATER;
    }
    ADD("x-amz-error-code", np_str_of(v->problem.code));
    ADD("x-amz-error-message", np_str_of(v->problem.message));
    if (v->problem.detail != NULL)
        ADD(np_str_z(rq->arena,
                     np_str_printf(rq->arena, "x-amz-error-detail-%s", v->problem.detail)),
            v->problem.detail_value);
    ADD("Content-Type", NP_STR("text/html; charset=utf-8"));
#undef ADD
    np_req_send(rq, v->problem.status, fields, n, error_page(rq, v));
    return NP_LATER;
}

/* --- whose request it is --- */

static bool is_site(struct np_core *core, struct np_str name)
{
    const struct s3_bucket *b = s3_bucket_find(core, name);
    return b != NULL && b->website != NULL;
}

/* The host of a bucket: everything below it is the bucket's. */
static bool is_owned(struct np_core *core, struct np_str name)
{
    struct s3_host h;
    s3_host_parse(core, name, &h);
    return h.bucket.p != NULL || is_site(core, name);
}

/* A bucket that is named like a host, www.example.com, is that host's website. */
static struct np_str site_of(struct np_core *core, const struct np_req *rq, struct np_str *region)
{
    struct s3_host h;
    s3_host_parse(core, rq->host, &h);
    if (h.kind == S3_HOST_OTHER)
        s3_host_parse(core, rq->name, &h); /* the whole name, below localhost */
    *region = h.region;
    if (h.kind == S3_HOST_WEBSITE)
        return h.bucket;
    if (h.kind != S3_HOST_OTHER)
        return NP_STR_NULL;
    struct np_str name = np_host_name(rq->host);
    if (is_site(core, name))
        return name;
    /* www.example.com.localhost; one word could be a service's name, too. */
    bool is_host = np_str_chr(rq->name, '.') >= 0;
    return is_host && is_site(core, rq->name) ? rq->name : NP_STR_NULL;
}

static int match(struct np_core *core, struct np_req *rq)
{
    struct np_str region, name = site_of(core, rq, &region);
    if (name.p == NULL)
        return 0;
    rq->svc = &s3_service;
    rq->account = core->config.account;
    rq->region = NP_STR("us-east-1");
    struct visit *v = np_new(rq->arena, struct visit);
    v->name = name;
    resolve(rq, v, region);
    if (v->page.p != NULL)
        return to_operation(rq, v);
    rq->priv = v;
    return 1;
}

void s3_website_init(struct np_core *core)
{
    np_route_add(core, &(struct np_route){.svc = &s3_service, .match = match, .serve = serve});
    np_host_add(core, is_owned);
}
