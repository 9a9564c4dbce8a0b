/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - the identity document, signed by the region's own authority: who trusts that
 * (`nephele ca`) can verify it. AWS's certificates do not verify it, nor should they. */
#include "base/enc.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "io/ca.h"
#include "services/ec2/imds/imds_int.h"

#define LINE 64

static void member(struct np_buf *b, const char *name, struct np_str value)
{
    np_buf_printf(b, "%s\n  \"%s\" : ", b->n > 1 ? "," : "", name);
    if (value.p == NULL)
        np_buf_lit(b, "null");
    else
        np_json_quote(b, value);
}

static struct np_str document_of(const struct ec2_imds_facts *f, struct np_arena *a)
{
    const struct ec2_Instance *i = f->i;
    struct np_str zone = i->Placement != NULL ? i->Placement->AvailabilityZone : NP_STR_NULL;
    struct np_str began =
        i->LaunchTime.set ? np_time_iso_str(a, i->LaunchTime.v, false) : NP_STR_NULL;
    const struct {
        const char *name;
        struct np_str value;
    } members[] = {
        {"accountId", f->account},
        {"architecture", i->Architecture},
        {"availabilityZone", zone},
        {"billingProducts", NP_STR_NULL},
        {"devpayProductCodes", NP_STR_NULL},
        {"marketplaceProductCodes", NP_STR_NULL},
        {"imageId", i->ImageId},
        {"instanceId", i->InstanceId},
        {"instanceType", i->InstanceType},
        {"kernelId", NP_STR_NULL},
        {"pendingTime", began},
        {"privateIp", i->PrivateIpAddress},
        {"ramdiskId", NP_STR_NULL},
        {"region", f->region},
        {"version", NP_STR("2017-09-30")},
    };
    struct np_buf b;
    np_buf_init(&b, a, 65536);
    np_buf_char(&b, '{');
    NP_EACH (m, members)
        member(&b, m->name, m->value);
    np_buf_lit(&b, "\n}");
    return np_buf_str(&b);
}

static struct np_str in_lines(struct np_arena *a, struct np_str bytes)
{
    struct np_str text = np_base64(a, bytes);
    struct np_buf b;
    np_buf_init(&b, a, 65536);
    for (size_t i = 0; i < text.n; i += LINE)
        np_buf_printf(&b, "%s%.*s", i > 0 ? "\n" : "", NP_FMT(np_str_sub(text, i, LINE)));
    return np_buf_str(&b);
}

void imds_identity(const struct np_core *core, const struct ec2_imds_facts *f, struct np_arena *a,
                   struct np_str *document, struct np_str *signature, struct np_str *pkcs7)
{
    struct np_str raw, cms;
    *document = document_of(f, a);
    *signature = *pkcs7 = NP_STR("");
    if (core->ca == NULL || np_ca_sign(core->ca, *document, a, &raw, &cms, NULL) != 0)
        return;
    *signature = in_lines(a, raw);
    *pkcs7 = in_lines(a, cms);
}
