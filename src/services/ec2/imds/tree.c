/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - the paths below /latest, with what stands there. */
#include "services/ec2/imds/tree.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/timefmt.h"

#define META "latest/meta-data/"

/* --- adding --- */

static void add(struct ec2_imds_tree *t, struct np_str path, struct np_str text)
{
    if (text.p == NULL || t->n == EC2_IMDS_ENTRIES_MAX)
        return;
    t->v = np_array_grow(t->arena, t->v, t->n, sizeof(*t->v));
    t->v[t->n++] = (struct ec2_imds_entry){.path = path, .text = text};
}

static void meta(struct ec2_imds_tree *t, const char *name, struct np_str text)
{
    add(t, np_str_printf(t->arena, META "%s", name), text);
}

static struct np_str if_any(struct np_str s)
{
    return s.n > 0 ? s : NP_STR_NULL;
}

static struct np_str number(struct ec2_imds_tree *t, int64_t n)
{
    return np_str_printf(t->arena, "%lld", (long long)n);
}

static struct np_str time_of(struct ec2_imds_tree *t, int64_t ms)
{
    return np_str_printf(t->arena, "%.*s", NP_FMT(np_time_iso_str(t->arena, ms, false)));
}

/* --- parts --- */

static void add_devices(const struct ec2_imds_facts *f, struct ec2_imds_tree *t)
{
    const struct ec2_Instance *i = f->i;
    size_t n = 0;
    meta(t, "block-device-mapping/ami", if_any(i->RootDeviceName));
    for (size_t k = 0; k < i->BlockDeviceMappings.n; k++) {
        struct np_str device = i->BlockDeviceMappings.v[k].DeviceName;
        if (!np_str_eq(device, i->RootDeviceName))
            add(t, np_str_printf(t->arena, META "block-device-mapping/ebs%zu", ++n), device);
    }
    meta(t, "block-device-mapping/root", if_any(i->RootDeviceName));
}

static void add_role(const struct ec2_imds_facts *f, struct ec2_imds_tree *t)
{
    if (f->profile_arn.n == 0)
        return;
    meta(t, "iam/info",
         np_str_printf(t->arena,
                       "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"%.*s\",\n"
                       "  \"InstanceProfileArn\" : \"%.*s\",\n  \"InstanceProfileId\" : "
                       "\"%.*s\"\n}",
                       NP_FMT(time_of(t, f->now_ms)), NP_FMT(f->profile_arn),
                       NP_FMT(f->profile_id)));
    if (f->role.n == 0)
        return;
    add(t, np_str_cat(t->arena, NP_STR(META "iam/security-credentials/"), f->role), NP_STR(""));
    if (t->n > 0)
        t->v[t->n - 1].credentials = true;
}

/* Names of all of them, one a line. */
static struct np_str group_lines(struct ec2_imds_tree *t, const struct ec2_GroupIdentifierList *l,
                                 bool ids)
{
    struct np_buf b;
    np_buf_init(&b, t->arena, 65536);
    for (size_t i = 0; i < l->n; i++)
        np_buf_printf(&b, "%s%.*s", i > 0 ? "\n" : "",
                      NP_FMT(ids ? l->v[i].GroupId : l->v[i].GroupName));
    return np_buf_str(&b);
}

static struct np_str address_lines(struct ec2_imds_tree *t,
                                   const struct ec2_InstanceNetworkInterface *e, bool public)
{
    struct np_buf b;
    np_buf_init(&b, t->arena, 65536);
    for (size_t i = 0; i < e->PrivateIpAddresses.n; i++) {
        const struct ec2_InstancePrivateIpAddress *p = &e->PrivateIpAddresses.v[i];
        struct np_str ip = !public                  ? p->PrivateIpAddress
                           : p->Association != NULL ? p->Association->PublicIp
                                                    : NP_STR_NULL;
        if (ip.p != NULL)
            np_buf_printf(&b, "%s%.*s", b.n > 0 ? "\n" : "", NP_FMT(ip));
    }
    return np_buf_str(&b);
}

static void add_blocks(const struct ec2_imds_facts *f, struct ec2_imds_tree *t, const char *base,
                       const struct ec2_InstanceNetworkInterface *e)
{
    struct np_str blocks[16];
    struct np_buf b;
    size_t n = f->vpc_blocks(f->arg, e->VpcId, blocks, NP_LEN(blocks));
    np_buf_init(&b, t->arena, 4096);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%s%.*s", i > 0 ? "\n" : "", NP_FMT(blocks[i]));
    add(t, np_str_printf(t->arena, "%ssubnet-ipv4-cidr-block", base),
        if_any(f->subnet_block(f->arg, e->SubnetId)));
    if (n > 0)
        add(t, np_str_printf(t->arena, "%svpc-ipv4-cidr-block", base), blocks[0]);
    add(t, np_str_printf(t->arena, "%svpc-ipv4-cidr-blocks", base), if_any(np_buf_str(&b)));
}

static void add_associations(struct ec2_imds_tree *t, const char *base,
                             const struct ec2_InstanceNetworkInterface *e)
{
    for (size_t i = 0; i < e->PrivateIpAddresses.n; i++) {
        const struct ec2_InstancePrivateIpAddress *p = &e->PrivateIpAddresses.v[i];
        if (p->Association != NULL && p->Association->PublicIp.p != NULL)
            add(t,
                np_str_printf(t->arena, "%sipv4-associations/%.*s", base,
                              NP_FMT(p->Association->PublicIp)),
                p->PrivateIpAddress);
    }
}

static void add_interface(const struct ec2_imds_facts *f, struct ec2_imds_tree *t,
                          const struct ec2_InstanceNetworkInterface *e)
{
    const char *base =
        np_str_z(t->arena, np_str_printf(t->arena, META "network/interfaces/macs/%.*s/",
                                         NP_FMT(e->MacAddress)));
    const struct ec2_InstanceNetworkInterfaceAssociation *public = e->Association;
    const struct {
        const char *name;
        struct np_str text;
    } texts[] = {
        {"device-number", number(t, e->Attachment != NULL ? e->Attachment->DeviceIndex.v : 0)},
        {"interface-id", e->NetworkInterfaceId},
        {"local-hostname", if_any(e->PrivateDnsName)},
        {"local-ipv4s", address_lines(t, e, false)},
        {"mac", e->MacAddress},
        {"owner-id", e->OwnerId},
        {"public-hostname", public != NULL ? if_any(public->PublicDnsName) : NP_STR_NULL},
        {"public-ipv4s", if_any(address_lines(t, e, true))},
        {"security-group-ids", group_lines(t, &e->Groups, true)},
        {"security-groups", group_lines(t, &e->Groups, false)},
        {"subnet-id", e->SubnetId},
        {"vpc-id", e->VpcId},
    };
    NP_EACH (x, texts)
        add(t, np_str_printf(t->arena, "%s%s", base, x->name), x->text);
    add_associations(t, base, e);
    add_blocks(f, t, base, e);
}

static void add_tags(const struct ec2_imds_facts *f, struct ec2_imds_tree *t)
{
    const struct ec2_InstanceMetadataOptionsResponse *o = f->i->MetadataOptions;
    if (o == NULL || !np_str_is(o->InstanceMetadataTags, "enabled"))
        return;
    for (size_t k = 0; k < f->i->Tags.n; k++) {
        const struct ec2_Tag *tag = &f->i->Tags.v[k];
        bool name = tag->Key.n > 0 && np_str_chr(tag->Key, '/') < 0; /* else it is no path */
        if (name)
            add(t, np_str_cat(t->arena, NP_STR(META "tags/instance/"), tag->Key),
                tag->Value.p != NULL ? tag->Value : NP_STR(""));
    }
}

static void add_identity(const struct ec2_imds_facts *f, struct ec2_imds_tree *t)
{
    add(t, NP_STR("latest/dynamic/instance-identity/document"), if_any(f->document));
    add(t, NP_STR("latest/dynamic/instance-identity/pkcs7"), if_any(f->pkcs7));
    add(t, NP_STR("latest/dynamic/instance-identity/signature"), if_any(f->signature));
}

/* Type and key, then the name that it has here, whatever comment came with it. */
static void add_key(const struct ec2_imds_facts *f, struct ec2_imds_tree *t)
{
    struct np_str type, rest, key, comment;
    if (f->i->KeyName.n == 0 || !np_str_cut(np_str_trim(f->public_key), ' ', &type, &rest))
        return;
    np_str_cut(rest, ' ', &key, &comment);
    meta(t, "public-keys/0/openssh-key",
         np_str_printf(t->arena, "%.*s %.*s %.*s\n", NP_FMT(type), NP_FMT(key),
                       NP_FMT(f->i->KeyName)));
}

static void add_names(const struct ec2_imds_facts *f, struct ec2_imds_tree *t)
{
    const struct ec2_Instance *i = f->i;
    const struct ec2_InstanceNetworkInterface *first =
        i->NetworkInterfaces.n > 0 ? &i->NetworkInterfaces.v[0] : NULL;
    const struct {
        const char *name;
        struct np_str text;
    } texts[] = {
        {"ami-id", i->ImageId},
        {"ami-launch-index", number(t, i->AmiLaunchIndex.v)},
        {"ami-manifest-path", NP_STR("(unknown)")},
        {"events/maintenance/history", NP_STR("[]")},
        {"events/maintenance/scheduled", NP_STR("[]")},
        {"hostname", i->PrivateDnsName},
        {"identity-credentials/ec2/info",
         np_str_printf(t->arena,
                       "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"%.*s\",\n"
                       "  \"AccountId\" : \"%.*s\"\n}",
                       NP_FMT(time_of(t, f->now_ms)), NP_FMT(f->account))},
        {"instance-action", NP_STR("none")},
        {"instance-id", i->InstanceId},
        {"instance-life-cycle", NP_STR("on-demand")},
        {"instance-type", i->InstanceType},
        {"local-hostname", i->PrivateDnsName},
        {"local-ipv4", i->PrivateIpAddress},
        {"mac", first != NULL ? first->MacAddress : NP_STR_NULL},
        {"placement/availability-zone",
         i->Placement != NULL ? i->Placement->AvailabilityZone : NP_STR_NULL},
        {"placement/availability-zone-id", if_any(f->zone_id)},
        {"placement/region", f->region},
        {"profile", NP_STR("default-hvm")},
        {"public-hostname", if_any(i->PublicDnsName)},
        {"public-ipv4", if_any(i->PublicIpAddress)},
        {"reservation-id", if_any(f->reservation)},
        {"security-groups", group_lines(t, &i->SecurityGroups, false)},
        {"services/domain", NP_STR("amazonaws.com")},
        {"services/partition", NP_STR("aws")},
    };
    NP_EACH (x, texts)
        meta(t, x->name, x->text);
}

static int by_path(const void *a, const void *b)
{
    return np_str_cmp(((const struct ec2_imds_entry *)a)->path,
                      ((const struct ec2_imds_entry *)b)->path);
}

void ec2_imds_tree(const struct ec2_imds_facts *f, struct np_arena *a, struct ec2_imds_tree *out)
{
    *out = (struct ec2_imds_tree){.arena = a};
    add_names(f, out);
    add_devices(f, out);
    add_role(f, out);
    for (size_t i = 0; i < f->i->NetworkInterfaces.n; i++)
        add_interface(f, out, &f->i->NetworkInterfaces.v[i]);
    add_key(f, out);
    add_tags(f, out);
    add_identity(f, out);
    add(out, NP_STR("latest/user-data"), if_any(f->user_data));
    qsort(out->v, out->n, sizeof(*out->v), by_path);
}

/* --- answering --- */

/* Versions by which older clients ask; all see the newest. */
static const char *const versions[] = {
    "1.0",        "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15",
    "2008-02-01", "2008-09-01", "2009-04-04", "2011-01-01", "2011-05-01", "2012-01-12",
    "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19", "2016-06-30", "2016-09-02",
    "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03",
    "2021-03-23", "2021-07-15", "2022-09-24", "2024-04-11", "latest"};

static struct np_str version_list(struct np_arena *a)
{
    struct np_buf b;
    np_buf_init(&b, a, 4096);
    NP_EACH (v, versions)
        np_buf_printf(&b, "%s%s", b.n > 0 ? "\n" : "", *v);
    return np_buf_str(&b);
}

/* The path as it stands in the tree, without empty parts; absent: of no version. */
static struct np_str normal(struct np_arena *a, struct np_str path)
{
    struct np_str part;
    struct np_buf b;
    bool first = true;
    np_buf_init(&b, a, 4096);
    while (np_str_split(&path, '/', &part)) {
        if (part.n == 0)
            continue;
        if (first) {
            bool known = false;
            NP_EACH (v, versions)
                known = known || np_str_eq(part, np_str_of(*v));
            if (!known)
                return NP_STR_NULL;
            part = NP_STR("latest");
        }
        np_buf_printf(&b, "%s%.*s", first ? "" : "/", NP_FMT(part));
        first = false;
    }
    return np_buf_ok(&b) ? np_buf_str(&b) : NP_STR_NULL;
}

static bool is_listed(const struct np_buf *b, struct np_str line)
{
    struct np_str left = np_buf_str(b), one;
    while (np_str_split(&left, '\n', &one))
        if (np_str_eq(one, line))
            return true;
    return false;
}

/* What stands directly below, with a slash where more does. AWS lists keys as "0=NAME". */
static bool list(const struct ec2_imds_tree *t, struct np_str folder, struct np_str *out)
{
    struct np_buf b;
    struct np_str below = np_str_cat(t->arena, folder, NP_STR("/"));
    bool top = np_str_is(folder, "latest"); /* AWS: has no slashes there */
    np_buf_init(&b, t->arena, 65536);
    for (size_t i = 0; i < t->n; i++) {
        struct np_str path = t->v[i].path, name;
        if (!np_str_starts(path, below))
            continue;
        path = np_str_sub(path, below.n, path.n);
        ptrdiff_t slash = np_str_chr(path, '/');
        name = slash < 0 ? path : np_str_sub(path, 0, (size_t)slash + !top);
        if (np_str_ends(folder, NP_STR("/public-keys"))) {
            struct np_str key = np_str_trim(t->v[i].text);
            name =
                np_str_printf(t->arena, "0=%.*s",
                              NP_FMT(np_str_sub(key, (size_t)(np_str_rchr(key, ' ') + 1), key.n)));
        }
        if (!is_listed(&b, name))
            np_buf_printf(&b, "%s%.*s", b.n > 0 ? "\n" : "", NP_FMT(name));
    }
    *out = np_buf_str(&b);
    return b.n > 0;
}

enum ec2_imds_found ec2_imds_answer(const struct ec2_imds_tree *t, struct np_str path,
                                    struct np_str *text)
{
    bool folder = np_str_ends(path, NP_STR("/"));
    struct np_str at = normal(t->arena, path);
    if (at.p == NULL)
        return EC2_IMDS_NOTHING;
    if (at.n == 0) {
        *text = version_list(t->arena);
        return EC2_IMDS_LIST;
    }
    for (size_t i = 0; !folder && i < t->n; i++) {
        if (!np_str_eq(t->v[i].path, at))
            continue;
        *text = t->v[i].text;
        return t->v[i].credentials ? EC2_IMDS_CREDENTIALS : EC2_IMDS_TEXT;
    }
    return list(t, at, text) ? EC2_IMDS_LIST : EC2_IMDS_NOTHING;
}
