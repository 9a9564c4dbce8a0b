/* SPDX-License-Identifier: Apache-2.0 */
/* edge.h - the caching reverse proxy: distributions as compiled configuration, edge locations as
 * separate caches, origins by drivers. It knows no API of a cloud: names of header fields, texts of
 * error pages and what a viewer may do beyond the configuration come from whoever starts it.
 *
 * Life:    np_edge_new(), a worker for each loop, np_edge_put() for each distribution; servers that
 *          use a worker end before it, workers before np_edge_free().
 * Threads: np_edge_put/_remove/_invalidate belong to one thread at a time (any thread); what they
 *          publish is read under RCU. A worker belongs to its loop. One cache serves all workers.
 * Text in options is copied; options need live only for the call.
 */
#pragma once

#include "http/server.h"
#include "io/net.h"

struct np_edge;
struct np_edge_worker;
struct np_edge_fetch;
struct np_edge_request;
struct np_egress;
struct np_jobs;
struct np_tls;

/* --- what a distribution is --- */

enum np_edge_method {
    NP_EDGE_GET = 1,
    NP_EDGE_HEAD = 2,
    NP_EDGE_OPTIONS = 4,
    NP_EDGE_PUT = 8,
    NP_EDGE_POST = 16,
    NP_EDGE_PATCH = 32,
    NP_EDGE_DELETE = 64,
};

/* A choice of query parameters, header fields or cookies. Names of parameters and cookies are
 * compared exactly, names of fields without case. */
struct np_edge_set {
    enum { NP_EDGE_NONE, NP_EDGE_SOME, NP_EDGE_EXCEPT, NP_EDGE_ALL } how;
    const struct np_str *names;
    size_t n;
};

/* What an origin sees and what tells objects apart. Everything in the key is forwarded. */
struct np_edge_forwarding {
    struct np_edge_set key_query, key_headers, key_cookies; /* headers ALL: nothing is cached */
    bool key_gzip, key_brotli; /* Accept-Encoding, normalised to these, is in key and request */
    struct np_edge_set query, headers, cookies; /* forwarded besides */
    /* Fields that no set names are forwarded too, but for those that CloudFront's legacy settings
     * take away (README); else only Content-* of a body and what the engine writes itself. */
    bool other_headers;
    /* Set-Cookie of responses is taken away: the legacy setting without cookies. */
    bool drop_set_cookie;
};

/* Fields that the engine does not get from the viewer, "CloudFront-Viewer-Country": see
 * np_edge_hooks.generated. */

enum np_edge_viewer_policy { NP_EDGE_ALLOW_ALL, NP_EDGE_REDIRECT_TO_HTTPS, NP_EDGE_HTTPS_ONLY };

struct np_edge_header_set {
    struct np_str name, value;
    bool override; /* also where the origin sent one */
};
struct np_edge_cors {
    bool on, credentials, override;
    const struct np_str *origins; /* with a scheme or without, '*' for labels on the left */
    size_t n_origins;
    struct np_str allow_methods, allow_headers, expose_headers; /* as sent; absent: not */
    int64_t max_age_s;                                          /* -1: none */
};
struct np_edge_response_policy {
    struct np_edge_cors cors;
    const struct np_edge_header_set *headers; /* security and custom ones */
    size_t n_headers;
    const struct np_str *remove;
    size_t n_remove;
    double server_timing; /* share of responses that get it, 0 to 1 */
};

struct np_edge_behavior {
    struct np_str pattern;            /* "*", "/images/?.png"; a leading '/' may be missing */
    struct np_str target;             /* id of an origin or group */
    unsigned methods, cached_methods; /* enum np_edge_method; GET and HEAD are always cached */
    enum np_edge_viewer_policy viewer_policy;
    struct np_edge_forwarding forward;
    int64_t min_ttl_s, default_ttl_s, max_ttl_s; /* all 0: nothing is cached, nobody waits */
    bool compress;
    const struct np_edge_response_policy *response; /* NULL: none */
    /* The owner's, handed to hooks; they live in np_edge_dist_opts.owner. */
    const void *signers;                  /* not NULL: hooks.check decides */
    const void *on_request, *on_response; /* viewer functions */
};

/* How an origin is asked. NULL ops: the engine's own HTTP client. */
struct np_edge_origin_ops {
    /* Later and never from inside: np_edge_fetch_head, then _data, then _done; or _done alone. */
    void (*start)(void *arg, struct np_edge_worker *w, struct np_edge_fetch *f);
    /* The fetch must not be touched any more. Comes from inside np_edge_fetch_head() and _data(),
     * too. */
    void (*cancel)(void *arg, struct np_edge_fetch *f);
    void (*pause)(void *arg, struct np_edge_fetch *f);
    void (*resume)(void *arg, struct np_edge_fetch *f);
};
enum np_edge_scheme { NP_EDGE_HTTP, NP_EDGE_HTTPS, NP_EDGE_MATCH_VIEWER };
struct np_edge_origin {
    struct np_str id, host, path; /* path: "" or "/production" */
    const struct np_http_field *custom;
    size_t n_custom;
    enum np_edge_scheme scheme;
    uint16_t http_port, https_port;
    unsigned tls_protocols; /* handed to opts.client_tls */
    unsigned attempts;      /* 1 to 3 */
    uint64_t connect_timeout_ms, response_timeout_ms, completion_timeout_ms /* 0: none */,
        keepalive_ms;
    const struct np_edge_origin_ops *ops;
    void *arg; /* of ops; lives in np_edge_dist_opts.owner */
};
/* Failover of GET, HEAD and OPTIONS: on these statuses, and when the primary cannot be reached. */
struct np_edge_group {
    struct np_str id, primary, secondary;
    const int *statuses;
    size_t n_statuses;
};
struct np_edge_error {
    int status;
    struct np_str page;  /* absent: only the TTL */
    int response_status; /* 0: the same */
    int64_t min_ttl_s;   /* -1: 10 s */
};
struct np_edge_geo {
    enum { NP_EDGE_GEO_OFF, NP_EDGE_GEO_ALLOW, NP_EDGE_GEO_DENY } how;
    const struct np_str *countries;
    size_t n;
};

struct np_edge_dist_opts {
    struct np_str id;
    struct np_str name;         /* "d111111abcdef8.cloudfront.net": for logs and Via */
    const struct np_str *hosts; /* that and aliases, in lower case; "*.example.com" too */
    size_t n_hosts;
    bool enabled;
    struct np_str default_root_object; /* without '/', may be absent */
    const struct np_edge_origin *origins;
    size_t n_origins;
    const struct np_edge_group *groups;
    size_t n_groups;
    const struct np_edge_behavior *behaviors; /* in order; the last is the default */
    size_t n_behaviors;
    const struct np_edge_error *errors;
    size_t n_errors;
    struct np_edge_geo geo;
    bool log_cookies; /* else records have none */
    /* What pointers above belong to; freed when no request can use this version any more. On any
     * thread. */
    void *owner;
    void (*owner_free)(void *owner);
};

/* --- the engine --- */

/* Why the engine itself answers with an error. */
enum np_edge_reason {
    NP_EDGE_OK,
    NP_EDGE_NO_HOST,       /* 403: no distribution has that name */
    NP_EDGE_DISABLED,      /* 403 */
    NP_EDGE_BAD_METHOD,    /* 403: not among those that the behaviour allows */
    NP_EDGE_GET_WITH_BODY, /* 403 */
    NP_EDGE_HTTPS_NEEDED,  /* 403 */
    NP_EDGE_GEO_BLOCKED,   /* 403 */
    NP_EDGE_UNSIGNED,      /* 403: hooks.check said so */
    NP_EDGE_LOOP,          /* 403: the request has come through this distribution before */
    NP_EDGE_TOO_LARGE,     /* 413 */
    NP_EDGE_BAD_REQUEST,   /* 400 */
    NP_EDGE_NO_ADDRESS,    /* 502: the origin's name does not resolve */
    NP_EDGE_NO_CONNECTION, /* 502 */
    NP_EDGE_BAD_TLS,       /* 502 */
    NP_EDGE_BAD_RESPONSE,  /* 502: not HTTP, or closed before an answer */
    NP_EDGE_TIMEOUT,       /* 504 */
    NP_EDGE_FUNCTION,      /* 503: a viewer function failed */
    NP_EDGE_OVERLOAD,      /* 503 */
};

/* X-Cache, and what logs call the result. */
enum np_edge_result {
    NP_EDGE_R_ERROR,
    NP_EDGE_R_HIT,
    NP_EDGE_R_REFRESH_HIT,
    NP_EDGE_R_ORIGIN_SHIELD_HIT, /* never here; logs have the word */
    NP_EDGE_R_MISS,
    NP_EDGE_R_REDIRECT,
    NP_EDGE_R_FUNCTION, /* a viewer function answered */
    NP_EDGE_R_LIMIT,
    NP_EDGE_R_CAPACITY,
    NP_EDGE_RESULTS,
};

/* All that would be written in CloudFront's standard log, and a little more. Texts are valid for
 * the call. */
struct np_edge_record {
    const struct np_edge_request *request; /* for fields not here; NULL never */
    void *owner;                           /* of the distribution; NULL without one */
    struct np_str dist_id, dist_name, pop;
    int64_t begin_ms, end_ms; /* region clock */
    uint64_t first_byte_us, taken_us;
    struct np_str client_ip, country;
    uint16_t client_port;
    struct np_str method, host, path, query, referer, user_agent, cookie, forwarded_for;
    unsigned major, minor; /* HTTP version */
    bool https, websocket, complete;
    const struct np_stream *stream;         /* TLS version and cipher */
    uint64_t request_bytes, response_bytes; /* heads (as HTTP/1.1 would have them) and bodies */
    int status;
    enum np_edge_result result, response_result;
    enum np_edge_reason reason;
    struct np_str request_id, content_type;
    int64_t content_length;         /* -1: not known */
    int64_t range_begin, range_end; /* of a 206; -1 */
};

/* What a viewer function sees and may change. Texts live in the request's arena; so does what it
 * sets. */
struct np_edge_event {
    struct np_arena *arena;
    struct np_str method, path, query; /* query: absent without '?' */
    struct np_http_field *fields;      /* of the request, Cookie among them */
    size_t n_fields;
    int status; /* of the response; of a request event 0, or what the function answers with */
    struct np_http_field *response_fields;
    size_t n_response_fields;
    struct np_str
        body; /* of a generated response, or instead of the one that there is; absent: neither */
    struct np_str client_ip, request_id, dist_id, dist_name;
};

struct np_edge_hooks {
    void *arg;
    /* Who the viewer is. Default: the stream's peer, no country. Texts: any that outlive the
     * request, or its arena's. */
    void (*viewer)(void *arg, struct np_http_x *x, struct np_str *ip, uint16_t *port,
                   struct np_str *country);
    /* Fields made by the edge that keys or requests want ("CloudFront-…"); asked for names that
     * start with names.made_prefix. Absent: is not added. */
    struct np_str (*generated)(void *arg, const struct np_edge_request *rq, struct np_str name);
    /* Signed URLs and cookies. 0: go on; *strip says which query parameters and cookies the origin
     * does not see; else the status to answer with. */
    int (*check)(void *arg, const void *signers, const struct np_edge_request *rq,
                 const struct np_strs **strip_query, const struct np_strs **strip_cookies);
    /* Viewer functions: `done` once, later, on the same loop; rc < 0: the function failed. */
    void (*call)(void *arg, const void *function, struct np_edge_worker *w, struct np_edge_event *e,
                 void (*done)(void *x, int rc), void *x);
    void (*log)(void *arg, const struct np_edge_record *r);
    /* The page of an error of the engine itself, in the arena; *type its Content-Type. */
    struct np_str (*error_page)(void *arg, struct np_arena *a, enum np_edge_reason reason,
                                int status, struct np_str request_id, struct np_str *type);
};

/* How fields are spelled. All must be there. */
struct np_edge_names {
    struct np_str x_cache;                  /* "X-Cache" */
    struct np_str results[NP_EDGE_RESULTS]; /* "Hit from cloudfront" */
    struct np_str pop_field, id_field;      /* "X-Amz-Cf-Pop", "X-Amz-Cf-Id" */
    struct np_str via; /* "cloudfront.net (CloudFront)": "1.1 <request's token>." before it */
    struct np_str server, user_agent; /* "CloudFront", "Amazon CloudFront" */
    struct np_str cdn;                /* CDN-Loop: "cloudfront" */
    struct np_str made_prefix; /* "CloudFront-": a viewer's own fields of that name are dropped */
    struct np_str edge_prefix; /* "X-Edge-": the same */
};

struct np_edge_resolver {
    /* Later, on the same loop, once; never from inside. `tls_name` of the driver is the name. */
    void (*resolve)(void *arg, struct np_loop *l, struct np_str name, uint16_t port,
                    void (*done)(void *x, int rc, const struct np_addr *a,
                                 const struct np_err *err),
                    void *x);
    void *arg;
};

struct np_edge_opts {
    struct np_str
        dir; /* of the disk tier; absent: memory only. Locked, so that one engine has it */
    uint64_t memory_bytes, disk_bytes;
    struct np_jobs *jobs;
    const struct np_egress *egress;
    struct np_edge_resolver resolver;
    /* The TLS client for a mask of protocols (owner's meaning); shared, outlives the engine. */
    struct np_tls *(*client_tls)(void *arg, unsigned protocols);
    void *client_tls_arg;
    struct np_edge_names names;
    struct np_edge_hooks hooks;
    const struct np_str *pops; /* edge locations: "NEP50-P1"; at least one */
    size_t n_pops;
    /* The location that a connection to this local address reaches; NULL: the first. */
    unsigned (*location)(void *arg, const struct np_addr *local);
    void *location_arg;
};

/* Opens the disk tier; what it holds is found again in the background. */
int np_edge_new(const struct np_edge_opts *o, struct np_edge **out, struct np_err *err);
/* No worker is left. Waits for running jobs of its own. */
void np_edge_free(struct np_edge *e);
/* On the loop's thread, or before it runs. */
int np_edge_worker_new(struct np_edge *e, struct np_loop *l, struct np_edge_worker **out,
                       struct np_err *err);
/* Requests under way are cut. */
void np_edge_worker_free(struct np_edge_worker *w);
struct np_loop *np_edge_worker_loop(const struct np_edge_worker *w);

/* A distribution of that id is replaced, requests under way finish with the old one. NP_EINVAL says
 * what is wrong; NP_EEXIST: another distribution has one of the hosts. */
int np_edge_put(struct np_edge *e, const struct np_edge_dist_opts *o, struct np_err *err);
void np_edge_remove(struct np_edge *e, struct np_str id);
bool np_edge_owns_host(const struct np_edge *e, struct np_str host); /* with or without port */

/* In force on return for every later request of every worker, and after a restart: objects fetched
 * or asked for before are not served. Patterns "/a/b*" in the form of the URL (a query only where
 * it is in the key); '*' at the end only. */
void np_edge_invalidate(struct np_edge *e, struct np_str id, const struct np_str *patterns,
                        size_t n);

/* Serving. arg: the np_edge_worker. The handlers set the exchange's user pointer. */
extern const struct np_http_handlers np_edge_handlers;

/* Figures of a distribution since it was first put, of all workers. */
struct np_edge_figures {
    uint64_t requests, bytes_down, bytes_up, hits, misses, status_4xx, status_5xx, s401, s403, s404,
        s502, s503, s504, origin_fetches, origin_us;
};
bool np_edge_figures(const struct np_edge *e, struct np_str id, struct np_edge_figures *out);
struct np_edge_cache_figures {
    uint64_t objects, memory_bytes, disk_objects, disk_bytes, evicted, disk_failures;
};
void np_edge_cache_figures(const struct np_edge *e, struct np_edge_cache_figures *out);

/* --- the request, for hooks --- */

struct np_http_x *np_edge_request_exchange(const struct np_edge_request *rq);
struct np_str
np_edge_request_path(const struct np_edge_request *rq); /* raw, as functions left it */
struct np_str np_edge_request_query(const struct np_edge_request *rq); /* raw, absent without '?' */
struct np_str np_edge_request_host(const struct np_edge_request *rq);
bool np_edge_request_is_https(const struct np_edge_request *rq);
struct np_str np_edge_request_field(const struct np_edge_request *rq, struct np_str name);
/* The value of a cookie; absent if there is none. */
struct np_str np_edge_request_cookie(const struct np_edge_request *rq, struct np_str name);
struct np_str np_edge_request_ip(const struct np_edge_request *rq);
uint16_t np_edge_request_port(const struct np_edge_request *rq);
struct np_str np_edge_request_country(const struct np_edge_request *rq);
struct np_arena *np_edge_request_arena(const struct np_edge_request *rq);

/* --- for drivers: a request to an origin, as it is to see it --- */

struct np_edge_fetch_view {
    struct np_arena *arena; /* lives as long as the fetch */
    struct np_str method, target /* path and query */, host;
    const struct np_http_field *fields; /* without Host and framing */
    size_t n_fields;
    int64_t body_length; /* -1: not known beforehand; 0: none */
    bool https;          /* towards the origin, by the scheme policy */
    const struct np_edge_origin *origin;
};
const struct np_edge_fetch_view *np_edge_fetch_view(const struct np_edge_fetch *f);
/* The driver's own pointer. */
void np_edge_fetch_set_user(struct np_edge_fetch *f, void *user);
void *np_edge_fetch_user(const struct np_edge_fetch *f);
/* Fields are copied; content_length -1: until done. HEAD, 204, 304: no data follow. */
void np_edge_fetch_head(struct np_edge_fetch *f, int status, const struct np_http_field *fields,
                        size_t n, int64_t content_length);
void np_edge_fetch_data(struct np_edge_fetch *f, struct np_str data);
/* reason: why there is no response, or why it was cut; NP_EDGE_OK at the end. The fetch is gone. */
void np_edge_fetch_done(struct np_edge_fetch *f, enum np_edge_reason reason,
                        const struct np_err *err);
/* The body of the viewer's request: fn gets it as np_http_read() gives it. Once, before `head`. */
void np_edge_fetch_read(struct np_edge_fetch *f, np_http_body_fn *fn, void *arg);
void np_edge_fetch_read_pause(struct np_edge_fetch *f);
void np_edge_fetch_read_resume(struct np_edge_fetch *f);
