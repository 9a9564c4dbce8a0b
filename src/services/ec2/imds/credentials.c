/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.c - temporary credentials of the role in an instance's profile: asked of STS as
 * the service ec2.amazonaws.com, so that the role's trust policy decides, and given out again until
 * a quarter of their time is left. */
#include <pthread.h>

#include "aws/arn.h"
#include "aws/call.h"
#include "base/map.h"
#include "base/timefmt.h"
#include "gen/sts/stubs.h"
#include "services/ec2/imds/imds_int.h"

#define LIFE_S   3600 /* every role allows an hour */
#define FRESH_MS (LIFE_S * 250)
#define KEPT_MAX 4096
#define SERVICE  "ec2.amazonaws.com"

struct kept {
    int64_t expires_ms;
    struct np_str role_arn, text;
    struct np_arena *arena;
};

struct imds_credentials {
    pthread_mutex_t lock;
    struct {
        struct np_map *by_instance;
    } locked;
};

static void kept_free(void *p)
{
    struct kept *k = p;
    np_arena_free(k->arena);
}

struct imds_credentials *imds_credentials_new(void)
{
    struct imds_credentials *c = np_heap_new(struct imds_credentials);
    pthread_mutex_init(&c->lock, NULL);
    c->locked.by_instance = np_map_new();
    return c;
}

void imds_credentials_free(struct imds_credentials *c)
{
    if (c == NULL)
        return;
    np_map_free(c->locked.by_instance, kept_free);
    pthread_mutex_destroy(&c->lock);
    np_free(c);
}

/* Absent: none that are good for long enough. */
static struct np_str find(struct imds_credentials *c, const struct imds_request *q)
{
    struct np_str text = NP_STR_NULL;
    pthread_mutex_lock(&c->lock);
    const struct kept *k = np_map_get(c->locked.by_instance, q->instance);
    if (k != NULL && np_str_eq(k->role_arn, q->role_arn) && k->expires_ms - q->now_ms > FRESH_MS)
        text = np_str_dup(q->arena, k->text);
    pthread_mutex_unlock(&c->lock);
    return text;
}

static void keep(struct imds_credentials *c, const struct imds_request *q, struct np_str text,
                 int64_t expires_ms)
{
    struct np_arena *a = np_arena_new();
    struct kept *k = np_new(a, struct kept);
    np_arena_wipe(a);
    *k = (struct kept){.expires_ms = expires_ms,
                       .role_arn = np_str_dup(a, q->role_arn),
                       .text = np_str_dup(a, text),
                       .arena = a};
    pthread_mutex_lock(&c->lock);
    if (np_map_count(c->locked.by_instance) >= KEPT_MAX) { /* asked of STS again, then */
        np_map_free(c->locked.by_instance, kept_free);
        c->locked.by_instance = np_map_new();
    }
    struct kept *old = np_map_put(c->locked.by_instance, q->instance, k);
    pthread_mutex_unlock(&c->lock);
    if (old != NULL)
        kept_free(old);
}

/* --- asking --- */

struct asking {
    struct imds_credentials *all;
    struct imds_request *q;
    struct sts_AssumeRoleRequest in;
};

static struct np_str time_text(struct np_arena *a, int64_t ms)
{
    return np_time_iso_str(a, ms, false);
}

/* AWS: a role that may not be assumed is told in the document, by status 200. */
static void refused(struct imds_request *q)
{
    imds_send(q, 200, "text/plain",
              np_str_printf(q->arena,
                            "{\n  \"Code\" : \"AssumeRoleUnauthorizedAccess\",\n  \"Message\" : "
                            "\"EC2 cannot assume the role %.*s. Please see documentation at "
                            "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                            "troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.\","
                            "\n  \"LastUpdated\" : \"%.*s\"\n}",
                            NP_FMT(q->role), NP_FMT(time_text(q->arena, q->now_ms))));
}

static void answered(void *arg, int rc, const struct sts_AssumeRoleResponse *r,
                     const struct np_err *err)
{
    struct asking *k = arg;
    struct imds_request *q = k->q;
    if (rc != 0 || r->Credentials == NULL) {
        refused(q);
        return;
    }
    const struct sts_Credentials *c = r->Credentials;
    struct np_str text = np_str_printf(
        q->arena,
        "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"%.*s\",\n  \"Type\" : "
        "\"AWS-HMAC\",\n  \"AccessKeyId\" : \"%.*s\",\n  \"SecretAccessKey\" : \"%.*s\",\n"
        "  \"Token\" : \"%.*s\",\n  \"Expiration\" : \"%.*s\"\n}",
        NP_FMT(time_text(q->arena, q->now_ms)), NP_FMT(c->AccessKeyId), NP_FMT(c->SecretAccessKey),
        NP_FMT(c->SessionToken), NP_FMT(time_text(q->arena, c->Expiration.v)));
    keep(k->all, q, text, c->Expiration.v);
    imds_send(q, 200, "text/plain", text);
}

void imds_credentials_send(struct imds_credentials *c, struct imds_request *q)
{
    struct np_str text = find(c, q);
    if (text.p != NULL) {
        imds_send(q, 200, "text/plain", text);
        return;
    }
    struct asking *k = np_new(q->arena, struct asking);
    np_arena_wipe(q->arena);
    k->all = c;
    k->q = q;
    k->in = (struct sts_AssumeRoleRequest){
        .RoleArn = q->role_arn, .RoleSessionName = q->instance, .DurationSeconds = {true, LIFE_S}};
    struct np_str arn = np_str_printf(q->arena, "arn:aws:ec2:%.*s:%.*s:instance/%.*s",
                                      NP_FMT(q->region), NP_FMT(q->account), NP_FMT(q->instance));
    struct np_caller caller = {.kind = NP_CALLER_SERVICE,
                               .service = NP_STR(SERVICE),
                               .source_arn = arn,
                               .source_account = q->account,
                               .account = q->account,
                               .region = q->region};
    sts_AssumeRole_call(q->core, q->loop, &caller, &k->in, NULL, answered, k);
}
