/* SPDX-License-Identifier: Apache-2.0 */
/* post.c - uploads by a form of a web page: POST to the bucket, multipart/form-data. The fields
 * before the file become the head of a PutObject, its policy the signature, the file its payload.
 *
 * Source: «POST Object» and «Browser-based uploads using POST» of the S3 API reference. */
#include "services/s3/post.h"

#include "base/arena.h"
#include "base/enc.h"
#include "codec/form_data.h"
#include "codec/xml.h"
#include "services/s3/bucket_int.h"
#include "services/s3/host.h"
#include "services/s3/limits.h"
#include "services/s3/object_int.h"
#include "services/s3/post_policy.h"

/* --- fields --- */

struct fields {
    const struct np_form_field *v;
    size_t n;
};

static struct np_str value_of(const struct fields *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (np_str_ieq(f->v[i].name, np_str_of(name)))
            return f->v[i].value;
    return NP_STR_NULL;
}

/* What follows the last slash of either kind. */
static struct np_str base_name(struct np_str path)
{
    ptrdiff_t slash = np_str_rchr(path, '/'), back = np_str_rchr(path, '\\');
    ptrdiff_t last = slash > back ? slash : back;
    return np_str_sub(path, (size_t)(last + 1), path.n);
}

static struct np_str expand(struct np_arena *a, struct np_str value, struct np_str file_name)
{
    static const struct np_str variable = {"${filename}", 11};
    ptrdiff_t at = np_str_find(value, variable);
    if (at < 0)
        return value;
    struct np_buf b;
    np_buf_init(&b, a, 4 * S3_FORM_HEAD_MAX);
    for (; at >= 0; at = np_str_find(value, variable)) {
        np_buf_add(&b, value.p, (size_t)at);
        np_buf_str_add(&b, file_name);
        value = np_str_sub(value, (size_t)at + variable.n, value.n);
        if (b.n > S3_FORM_HEAD_MAX)
            break; /* no field may be that long, and the policy will not allow it */
    }
    np_buf_str_add(&b, value);
    return np_buf_str(&b);
}

/* AWS: ${filename} is replaced in every field before the policy is looked at. */
static struct fields expanded(struct np_req *rq, const struct np_form_data *form)
{
    struct fields f;
    const struct np_form_field *raw = np_form_data_fields(form, &f.n);
    struct np_str file_name = base_name(raw[f.n - 1].file_name);
    struct np_form_field *v = np_new_array(rq->arena, struct np_form_field, f.n);
    for (size_t i = 0; i < f.n; i++) {
        v[i] = raw[i];
        v[i].value = expand(rq->arena, raw[i].value, file_name);
    }
    f.v = v;
    return f;
}

static int lacks(const char *name, struct np_err *err)
{
    return s3_bad_argument(err, np_str_of(name), NP_STR(""),
                           "Bucket POST must contain a field named '%s'.  If it is specified, "
                           "please check the order of the fields.",
                           name);
}

/* --- the policy --- */

static int need(const struct fields *f, const char *const *names, size_t n, struct np_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (value_of(f, names[i]).p == NULL)
            return lacks(names[i], err);
    return 0;
}

static int authenticate(struct np_req *rq, const struct fields *f, struct s3_post *post,
                        struct np_err *err)
{
    static const char *const v2[] = {"AWSAccessKeyId", "Signature", "Policy"};
    static const char *const v4[] = {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date",
                                     "X-Amz-Signature", "Policy"};
    bool is_v2 = value_of(f, "AWSAccessKeyId").p != NULL;
    post->signed_v2 = is_v2;
    int rc = is_v2 ? need(f, v2, NP_LEN(v2), err) : need(f, v4, NP_LEN(v4), err);
    if (rc != 0)
        return rc;
    struct np_signed_text t = {
        .text = value_of(f, "policy"),
        .token = value_of(f, "x-amz-security-token"),
        .signature = value_of(f, is_v2 ? "signature" : "x-amz-signature"),
        .algorithm = value_of(f, "x-amz-algorithm"),
        .credential = is_v2 ? NP_STR_NULL : value_of(f, "x-amz-credential"),
        .key_id = value_of(f, "AWSAccessKeyId"),
    };
    return np_authenticate_text(rq, &t, err);
}

static int check_policy(struct np_req *rq, const struct fields *f, struct s3_post *post,
                        struct np_err *err)
{
    struct np_err why = {0};
    struct np_str json = np_unbase64(rq->arena, value_of(f, "policy"));
    if (json.p == NULL)
        return np_fault(err, &S3_InvalidPolicyDocument, "Invalid Policy: Invalid Base64 encoding.");
    struct s3_post_terms t = {
        .fields = f->v, .n = f->n, .bucket = post->bucket, .now_ms = np_wall_ms(rq->loop)};
    switch (s3_post_policy_check(rq->arena, json, &t, &post->least, &post->most, &why)) {
    case 0:
        return 0;
    case NP_EACCES:
        return np_fault(err, &S3_AccessDenied, "Invalid according to Policy: %.*s",
                        NP_FMT(np_err_text(&why)));
    default:
        return np_fault(err, &S3_InvalidPolicyDocument, "Invalid Policy: %.*s",
                        NP_FMT(np_err_text(&why)));
    }
}

/* A form without policy and signature is nobody's. */
static int check_signature(struct np_req *rq, const struct fields *f, struct s3_post *post,
                           struct np_err *err)
{
    static const char *const any[] = {"policy", "signature", "AWSAccessKeyId", "x-amz-signature",
                                      "x-amz-credential"};
    bool is_signed = false;
    NP_EACH (name, any)
        is_signed = is_signed || value_of(f, *name).p != NULL;
    if (!is_signed)
        return 0;
    int rc = authenticate(rq, f, post, err);
    return rc != 0 ? rc : check_policy(rq, f, post, err);
}

/* --- the head of a PutObject --- */

/* Fields of the form that are header fields of another name, or of the same one. */
static const struct {
    const char *field, *header;
} headers[] = {
    {"acl", "x-amz-acl"},
    {"cache-control", "cache-control"},
    {"content-disposition", "content-disposition"},
    {"content-encoding", "content-encoding"},
    {"content-language", "content-language"},
    {"content-type", "content-type"},
    {"expires", "expires"},
};
/* Of the form itself, not of the object. */
static const char *const not_headers[] = {
    "x-amz-algorithm", "x-amz-credential", "x-amz-date",
    "x-amz-signature", "x-amz-trailer",    "x-amz-security-token",
};
/* Of the request that policies, logs and CORS look at. */
static const char *const kept[] = {
    "host", "user-agent", "referer", "origin", "sec-fetch-site", "sec-fetch-mode",
};

static struct np_str header_of(struct np_str field)
{
    NP_EACH (h, headers)
        if (np_str_ieq(field, np_str_of(h->field)))
            return np_str_of(h->header);
    NP_EACH (n, not_headers)
        if (np_str_ieq(field, np_str_of(*n)))
            return NP_STR_NULL;
    return np_str_istarts(field, NP_STR("x-amz-")) ? field : NP_STR_NULL;
}

/* The field `tagging` is a document; the header x-amz-tagging a query. */
static int tagging_header(struct np_req *rq, struct np_str xml, struct np_str *out,
                          struct np_err *err)
{
    struct s3_Tagging tagging = {0};
    struct np_err why = {0};
    struct np_buf b;
    if (np_xml_get(&s3_Tagging_shape, xml, rq->arena, &tagging, &why) != 0)
        return s3_malformed(err);
    np_buf_init(&b, rq->arena, 8 * S3_FORM_HEAD_MAX);
    for (size_t i = 0; i < tagging.TagSet.n; i++) {
        if (i != 0)
            np_buf_char(&b, '&');
        np_uri_encode(&b, tagging.TagSet.v[i].Key, false);
        np_buf_char(&b, '=');
        np_uri_encode(&b, tagging.TagSet.v[i].Value, false);
    }
    *out = np_buf_str(&b);
    return 0;
}

static bool is_kept(struct np_str name)
{
    NP_EACH (k, kept)
        if (np_str_ieq(name, np_str_of(*k)))
            return true;
    return false;
}

/* Line ends of a form's field would be line ends of the answers that show the object's head. */
static bool is_field_text(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
            return false;
    return true;
}

static int make_head(struct np_req *rq, const struct fields *f, const struct s3_post *post,
                     struct np_err *err)
{
    struct np_wire_field *out =
        np_new_array(rq->arena, struct np_wire_field, rq->wire.n_fields + f->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < rq->wire.n_fields; i++)
        if (is_kept(rq->wire.fields[i].name))
            out[n++] = rq->wire.fields[i];
    for (size_t i = 0; i < f->n; i++) {
        struct np_str name = header_of(f->v[i].name), value = np_str_trim(f->v[i].value);
        if (name.p == NULL)
            continue;
        if (!is_field_text(value))
            return s3_bad_argument(err, name, NP_STR(""), "Invalid value for %.*s", NP_FMT(name));
        out[n++] = (struct np_wire_field){name, value};
    }
    struct np_str tagging = value_of(f, "tagging");
    if (tagging.n != 0) {
        out[n].name = NP_STR("x-amz-tagging");
        int rc = tagging_header(rq, tagging, &out[n++].value, err);
        if (rc != 0)
            return rc;
    }
    struct np_buf path;
    np_buf_init(&path, rq->arena, 8 * S3_FORM_HEAD_MAX);
    np_buf_char(&path, '/');
    np_buf_str_add(&path, post->bucket);
    np_buf_char(&path, '/');
    np_uri_encode(&path, value_of(f, "key"), true);
    rq->wire.fields = out;
    rq->wire.n_fields = n;
    rq->wire.path = np_buf_str(&path);
    return 0;
}

/* --- the body --- */

static void give(void *arg, struct np_str piece)
{
    np_req_give(arg, 0, piece, false);
}

static int malformed(struct np_err *err)
{
    return np_fault(err, &S3_MalformedPOSTRequest,
                    "The body of your POST request is not well-formed multipart/form-data.");
}

/* The file's bytes; what follows them is ignored. */
static void file_bytes(struct np_req *rq, int rc, struct np_str data, bool end)
{
    if (rc != 0) {
        np_req_give(rq, rc, NP_STR_NULL, true);
        return;
    }
    const struct s3_upload *u = rq->priv; /* PutObject has begun: it asked for these bytes */
    np_form_data_file(u->post->form, data, give, rq);
    if (!end)
        return;
    rc = np_form_data_whole(u->post->form) ? 0 : malformed(&rq->err);
    np_req_give(rq, rc, NP_STR_NULL, true);
}

/* An address to go to after the upload; another text counts as none. */
static bool is_address(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    return np_str_istarts(s, NP_STR("http://")) || np_str_istarts(s, NP_STR("https://"));
}

/* The fields are there: who sent them, and may it? */
static int file_begins(struct np_req *rq, struct s3_post *post, struct np_err *err)
{
    struct fields f = expanded(rq, post->form);
    if (value_of(&f, "key").n == 0)
        return lacks("key", err);
    int rc = check_signature(rq, &f, post, err);
    if (rc == 0)
        rc = make_head(rq, &f, post, err);
    struct np_str to = value_of(&f, "success_action_redirect");
    if (to.p == NULL)
        to = value_of(&f, "redirect");
    post->redirect = is_address(to) ? to : NP_STR_NULL;
    post->status = value_of(&f, "success_action_status");
    return rc;
}

static int head_failed(int rc, struct np_err *err)
{
    if (rc == NP_E2BIG) {
        np_fault(err, &S3_MaxPostPreDataLengthExceededError,
                 "Your POST request fields preceding the upload file were too large.");
        np_err_extra(err, "MaxPostPreDataLengthBytes", NP_STR("20480"));
        return NP_EFAULT;
    }
    if (rc == NP_ENOENT)
        return s3_bad_argument(err, NP_STR("file"), NP_STR("0"),
                               "POST requires exactly one file upload per request.");
    return malformed(err);
}

static void head_bytes(struct np_req *rq, int rc, struct np_str data, bool end)
{
    struct s3_post *post = rq->priv;
    size_t used = 0;
    if (post->over)
        return;
    if (rc == 0 && end)
        rc = malformed(&rq->err);
    if (rc == 0) {
        rc = np_form_data_head(post->form, data, &used);
        if (rc == 0)
            return;
        rc = rc == 1 ? file_begins(rq, post, &rq->err) : head_failed(rc, &rq->err);
    }
    post->over = true;
    if (rc != 0)
        np_req_done(rq, rc);
    else
        np_req_become(rq, &s3_PutObject_op, file_bytes, np_str_sub(data, used, data.n));
}

/* --- the answer --- */

static struct np_str redirect_to(struct np_req *rq, const struct s3_post *post,
                                 const struct s3_PutObjectRequest *in,
                                 const struct s3_PutObjectOutput *out)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 4 * S3_FORM_HEAD_MAX);
    np_buf_str_add(&b, post->redirect);
    np_buf_char(&b, np_str_chr(post->redirect, '?') < 0 ? '?' : '&');
    np_buf_lit(&b, "bucket=");
    np_uri_encode(&b, in->Bucket, false);
    np_buf_lit(&b, "&key=");
    np_uri_encode(&b, in->Key, false);
    np_buf_lit(&b, "&etag=");
    np_uri_encode(&b, out->ETag, false);
    return np_buf_str(&b);
}

static void put_element(struct np_buf *b, const char *name, struct np_str text)
{
    np_buf_printf(b, "<%s>", name);
    np_xml_escape(b, text);
    np_buf_printf(b, "</%s>", name);
}

static int created(struct np_req *rq, struct np_str location, const struct s3_PutObjectRequest *in,
                   const struct s3_PutObjectOutput *out)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 64 * 1024);
    np_buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse>");
    put_element(&b, "Location", location);
    put_element(&b, "Bucket", in->Bucket);
    put_element(&b, "Key", in->Key);
    put_element(&b, "ETag", out->ETag);
    np_buf_lit(&b, "</PostResponse>");
    np_req_reply_status(rq, 201);
    np_req_reply_field(rq, "Content-Type", NP_STR("application/xml"));
    return np_req_respond_whole(rq, np_buf_str(&b));
}

int s3_post_reply(struct np_req *rq, const struct s3_post *post,
                  const struct s3_PutObjectRequest *in, const struct s3_PutObjectOutput *out)
{
    if (post->redirect.p != NULL) {
        np_req_reply_status(rq, 303);
        np_req_reply_field(rq, "Location", redirect_to(rq, post, in, out));
        return 0;
    }
    struct np_str location = s3_object_location(rq, in->Bucket, in->Key);
    np_req_reply_field(rq, "Location", location);
    if (np_str_is(post->status, "201"))
        return created(rq, location, in, out);
    /* AWS: another status than these counts as none (tests/sdk/test_s3_post.py). */
    np_req_reply_status(rq, np_str_is(post->status, "200") ? 200 : 204);
    return 0;
}

/* --- the route --- */

static int match(struct np_core *core, struct np_req *rq)
{
    struct s3_host h;
    struct np_str key, path = rq->wire.path;
    if (!np_str_is(rq->wire.method, "POST") || rq->wire.query.n != 0 ||
        np_req_field(rq, NP_STR("authorization")).p != NULL ||
        !np_str_istarts(np_req_field(rq, NP_STR("content-type")), NP_STR("multipart/form-data")))
        return 0;
    s3_host_parse(core, rq->host, &h);
    if (h.kind == S3_HOST_API && h.bucket.p != NULL)
        return np_str_is(path, "/") && s3_vhost_match(core, rq) != 0;
    return s3_path_bucket(path, &key).n != 0 && key.n == 0;
}

static int serve(struct np_req *rq, struct np_err *err)
{
    struct np_str key;
    struct s3_post *post = np_new(rq->arena, struct s3_post);
    post->most = S3_OBJECT_MAX;
    post->bucket = s3_path_bucket(rq->wire.path, &key);
    post->form =
        np_form_data_new(rq->arena, np_req_field(rq, NP_STR("content-type")), S3_FORM_HEAD_MAX);
    if (post->form == NULL)
        return malformed(err);
    int rc = s3_body_length_check(rq, err);
    if (rc != 0)
        return rc;
    rq->priv = post;
    np_req_body(rq, head_bytes);
    return NP_LATER;
}

void s3_post_init(struct np_core *core)
{
    np_route_add(core, &(struct np_route){.svc = &s3_service, .match = match, .serve = serve});
}
