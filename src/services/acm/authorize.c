/* SPDX-License-Identifier: Apache-2.0 */
/* authorize.c - the certificate and the condition keys that each operation is about. */
#include "aws/arn.h"
#include "services/acm/acm_int.h"

#include <stddef.h>

/* --- which certificate --- */

#define ON(op)                                                                                     \
    {                                                                                              \
        &acm_##op##_op, offsetof(struct acm_##op##Request, CertificateArn)                         \
    }

static const struct {
    const struct np_codec_op *op;
    size_t at;
} on_certificate[] = {
    ON(AddTagsToCertificate),   ON(DeleteCertificate),
    ON(DescribeCertificate),    ON(ExportCertificate),
    ON(GetCertificate),         ON(ImportCertificate),
    ON(ListTagsForCertificate), ON(RemoveTagsFromCertificate),
    ON(RenewCertificate),       ON(ResendValidationEmail),
    ON(RevokeCertificate),      ON(UpdateCertificateOptions),
};

static struct np_str named_by(const struct np_op *op, const void *in)
{
    NP_EACH (o, on_certificate)
        if (o->op == op->codec)
            return *(const struct np_str *)(const void *)((const char *)in + o->at);
    return NP_STR_NULL;
}

/* --- condition keys --- */

#define KEYS_MAX (NP_TAGS_MAX + 8)

struct question {
    struct np_req *rq;
    struct np_policy_key keys[KEYS_MAX];
    size_t n_keys;
};

static void add_list(struct question *q, struct np_str name, const struct np_str *v, size_t n)
{
    if (n != 0 && q->n_keys < KEYS_MAX)
        q->keys[q->n_keys++] = (struct np_policy_key){name, v, n};
}

static void add_text(struct question *q, struct np_str name, struct np_str value)
{
    if (value.p == NULL)
        return;
    struct np_str *slot = np_new(q->rq->arena, struct np_str);
    *slot = value;
    add_list(q, name, slot, 1);
}

static void add_tags(struct question *q, const struct acm_TagList *tags, bool values)
{
    struct np_str *names = np_new_array(q->rq->arena, struct np_str, tags->n + 1);
    for (size_t i = 0; i < tags->n; i++) {
        struct np_str value = tags->v[i].Value.p != NULL ? tags->v[i].Value : NP_STR("");
        names[i] = tags->v[i].Key;
        if (values)
            add_text(q, np_str_cat(q->rq->arena, NP_STR("aws:RequestTag/"), names[i]), value);
    }
    add_list(q, NP_STR("aws:TagKeys"), names, tags->n);
}

static void add_request(struct question *q, const struct acm_RequestCertificateRequest *in)
{
    struct np_arena *a = q->rq->arena;
    struct np_strs names = {0};
    ACM_PUSH(a, &names, np_str_lower(a, in->DomainName));
    for (size_t i = 0; i < in->SubjectAlternativeNames.n; i++)
        ACM_PUSH(a, &names, np_str_lower(a, in->SubjectAlternativeNames.v[i]));
    add_list(q, NP_STR("acm:DomainNames"), names.v, names.n);
    add_text(q, NP_STR("acm:ValidationMethod"),
             in->ValidationMethod.p != NULL ? in->ValidationMethod : NP_STR("EMAIL"));
    add_text(q, NP_STR("acm:KeyAlgorithm"),
             in->KeyAlgorithm.p != NULL ? in->KeyAlgorithm : NP_STR("RSA_2048"));
    struct np_str logging = NP_STR("ENABLED"), exporting = NP_STR("DISABLED");
    if (in->Options != NULL && in->Options->CertificateTransparencyLoggingPreference.p != NULL)
        logging = in->Options->CertificateTransparencyLoggingPreference;
    if (in->Options != NULL && in->Options->Export.p != NULL)
        exporting = in->Options->Export;
    add_text(q, NP_STR("acm:CertificateTransparencyLogging"), logging);
    add_text(q, NP_STR("acm:Export"), exporting);
    add_text(q, NP_STR("acm:CertificateAuthority"), in->CertificateAuthorityArn);
    add_tags(q, &in->Tags, true);
}

static void add_keys(struct question *q, const struct np_op *op, const void *in,
                     const struct acm_cert *c)
{
    if (op->codec == &acm_RequestCertificate_op)
        add_request(q, in);
    else if (op->codec == &acm_ImportCertificate_op)
        add_tags(q, &((const struct acm_ImportCertificateRequest *)in)->Tags, true);
    else if (op->codec == &acm_AddTagsToCertificate_op)
        add_tags(q, &((const struct acm_AddTagsToCertificateRequest *)in)->Tags, true);
    else if (op->codec == &acm_RemoveTagsFromCertificate_op)
        add_tags(q, &((const struct acm_RemoveTagsFromCertificateRequest *)in)->Tags, false);
    else if (op->codec == &acm_ExportCertificate_op && c != NULL)
        add_list(q, NP_STR("acm:DomainNames"), c->detail->SubjectAlternativeNames.v,
                 c->detail->SubjectAlternativeNames.n);
}

int acm_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    struct question *q = np_new(rq->arena, struct question);
    struct np_str arn = named_by(op, in);
    struct acm_cert cert;
    struct np_tag *tags = NULL;
    struct np_arn parts;
    struct np_access access = {
        .action = np_str_cat(rq->arena, NP_STR("acm:"), np_str_of(op->codec->name)),
        .resource = arn.p != NULL ? arn : NP_STR("*"),
    };
    q->rq = rq;
    bool there = arn.p != NULL && acm_find(&db, arn, &cert, NULL) == 0;
    if (there)
        access.n_resource_tags = np_tags_get(db.c, &db.scope, arn, rq->arena, &tags);
    if (arn.p != NULL && np_arn_parse(arn, &parts))
        access.resource_account = parts.account;
    add_keys(q, op, in, there ? &cert : NULL);
    access.resource_tags = tags;
    access.keys = q->keys;
    access.n_keys = q->n_keys;
    return np_authorize(rq, &access, err);
}
