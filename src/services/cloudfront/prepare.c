/* SPDX-License-Identifier: Apache-2.0 */
/* prepare.c - what is asked before a distribution is made or changed. Before it logs into a
 * bucket, the bucket's access control list lets the logs be delivered: in the caller's name, who
 * must be allowed to change it. Before it restricts viewers by country, the table of places is
 * there. */
#include "services/cloudfront/cloudfront_int.h"

#include "aws/call.h"
#include "base/assert.h"
#include "base/log.h"
#include "engines/geo/geo.h"
#include "gen/s3/ops.h"
#include "services/s3/s3.h"

struct granting {
    struct np_req *rq;
    struct np_str bucket, domain;
    struct s3_GetBucketAclRequest get;
    struct s3_PutBucketAclRequest put;
    struct s3_AccessControlPolicy policy;
};

static struct np_caller as_user(const struct granting *g)
{
    return (struct np_caller){
        .kind = NP_CALLER_FORWARD,
        .session = g->rq->who,
        .service = NP_STR("cloudfront.amazonaws.com"),
        .account = g->rq->account,
        .region = g->rq->region,
    };
}

/* AWS: tests/sdk/test_cloudfront_logs.py. */
static int refused(struct granting *g, const struct np_err *why)
{
    const struct np_fault_def *f = why->fault;
    struct np_err *err = &g->rq->err;
    if (why->code != NP_EFAULT) {
        *err = *why;
        return why->code;
    }
    struct np_str name = np_str_of(f->name);
    if (np_str_is(name, "AccessControlListNotSupported"))
        return cloudfront_invalid_argument(err,
                                           "The S3 bucket that you specified for CloudFront "
                                           "logs does not enable ACL access: %.*s",
                                           NP_FMT(g->domain));
    if (np_str_is(name, "NoSuchBucket"))
        return cloudfront_invalid_argument(
            err, "The parameter Logging Bucket does not refer to a valid S3 bucket: %.*s",
            NP_FMT(g->domain));
    return np_fault(err, &CLOUDFRONT_AccessDenied, "%.*s", NP_FMT(np_err_text(why)));
}

static void put_done(void *arg, int rc, const void *out, const struct np_err *err)
{
    struct granting *g = arg;
    (void)out;
    if (rc == 0)
        np_req_apply(g->rq);
    else
        np_req_done(g->rq, refused(g, err));
}

static bool is_granted(const struct s3_GetBucketAclOutput *acl)
{
    for (size_t i = 0; i < acl->Grants.n; i++) {
        const struct s3_Grant *x = &acl->Grants.v[i];
        if (x->Grantee != NULL && np_str_is(x->Grantee->ID, S3_LOG_DELIVERY_ID) &&
            np_str_is(x->Permission, "FULL_CONTROL"))
            return true;
    }
    return false;
}

/* The list as it was, and one grant more. */
static void copy_acl(struct granting *g, const struct s3_GetBucketAclOutput *acl)
{
    struct np_arena *a = g->rq->arena;
    struct s3_Grant *v = np_new_array(a, struct s3_Grant, acl->Grants.n + 1);
    size_t n = 0;
    for (; n < acl->Grants.n; n++) {
        v[n].Permission = np_str_dup(a, acl->Grants.v[n].Permission);
        v[n].Grantee = np_new(a, struct s3_Grantee);
        *v[n].Grantee = (struct s3_Grantee){
            .ID = np_str_dup(a, acl->Grants.v[n].Grantee->ID),
            .Type = np_str_dup(a, acl->Grants.v[n].Grantee->Type),
            .URI = np_str_dup(a, acl->Grants.v[n].Grantee->URI),
        };
    }
    v[n].Permission = NP_STR("FULL_CONTROL");
    v[n].Grantee = np_new(a, struct s3_Grantee);
    *v[n].Grantee =
        (struct s3_Grantee){.ID = NP_STR(S3_LOG_DELIVERY_ID), .Type = NP_STR("CanonicalUser")};
    g->policy.Grants.v = v;
    g->policy.Grants.n = n + 1;
    g->policy.Grants.set = true;
    g->policy.Owner = np_new(a, struct s3_Owner);
    g->policy.Owner->ID = np_str_dup(a, acl->Owner->ID);
}

static void get_done(void *arg, int rc, const void *out, const struct np_err *err)
{
    struct granting *g = arg;
    if (rc != 0) {
        np_req_done(g->rq, refused(g, err));
        return;
    }
    if (is_granted(out)) {
        np_req_apply(g->rq);
        return;
    }
    copy_acl(g, out);
    g->put =
        (struct s3_PutBucketAclRequest){.Bucket = g->bucket, .AccessControlPolicy = &g->policy};
    const struct np_caller caller = as_user(g);
    np_call(g->rq->core, g->rq->loop, &s3_model, "PutBucketAcl", &caller, &g->put, NULL, put_done,
            g);
}

static int grant(struct np_req *rq, const struct cloudfront_LoggingConfig *logging)
{
    struct np_str region;
    if (!logging->Enabled.v)
        return np_apply(rq);
    struct granting *g = np_new(rq->arena, struct granting);
    g->rq = rq;
    g->domain = logging->Bucket;
    cloudfront_s3_domain(logging->Bucket, &g->bucket, &region);
    g->get.Bucket = g->bucket;
    const struct np_caller caller = as_user(g);
    np_call(rq->core, rq->loop, &s3_model, "GetBucketAcl", &caller, &g->get, NULL, get_done, g);
    return NP_LATER;
}

/* --- the table of places --- */

#define PLACES_POLL_MS 10
#define PLACES_POLLS   300 /* then it cannot be read, which the log says */

struct placing {
    struct np_timer timer;
    struct np_req *rq;
    const struct cloudfront_LoggingConfig *logging;
    unsigned left;
};

static void places_known(void *arg, int rc, const struct np_err *err)
{
    (void)arg;
    if (rc != 0)
        np_log(NP_WARN, "cloudfront.places", "error=\"%.*s\"", NP_FMT(np_err_text(err)));
}

void cloudfront_want_places(struct np_core *core, struct np_loop *loop)
{
    np_geo_want(core->geo, core->jobs, loop, places_known, NULL);
}

static void look(struct np_timer *timer)
{
    struct placing *p = NP_CONTAINER(timer, struct placing, timer);
    struct np_req *rq = p->rq;
    if (!np_geo_is_loaded(rq->core->geo) && p->left-- > 0) {
        np_timer_set(rq->loop, timer, PLACES_POLL_MS, look);
        return;
    }
    if (grant(rq, p->logging) == NP_APPLY)
        np_req_apply(rq);
}

int cloudfront_prepare(struct np_req *rq, const struct cloudfront_DistributionConfig *in,
                       struct np_err *err)
{
    struct cloudfront_DistributionConfig c = *in;
    cloudfront_defaults(rq->arena, &c);
    int rc = cloudfront_config_check(rq->arena, &c, err);
    if (rc != 0)
        return rc;
    if (c.Restrictions->GeoRestriction->Items.n == 0 || np_geo_is_loaded(rq->core->geo))
        return grant(rq, c.Logging);
    cloudfront_want_places(rq->core, rq->loop);
    struct placing *p = np_new(rq->arena, struct placing);
    p->rq = rq;
    p->logging = c.Logging;
    p->left = PLACES_POLLS;
    np_timer_set(rq->loop, &p->timer, PLACES_POLL_MS, look);
    return NP_LATER;
}
