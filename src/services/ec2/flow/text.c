/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - a record's fields, one function each. */
#include "services/ec2/flow/text.h"

#include "aws/core.h"
#include "engines/vnet/flow.h"
#include "engines/vnet/vnet.h"
#include "gen/agent/types.h"

#define POOL      0x7f400000u /* 127.64.0.0/10 */
#define POOL_MASK 0xffc00000u

struct record {
    const struct ec2_flow_format *format;
    const struct np_vnet_vpc *vpc; /* NULL: it is gone */
    const struct np_vnet_eni *eni; /* NULL: so is it */
    const struct np_vnet_window *window;
    const struct np_vnet_flow *flow; /* NULL: no data */
    struct np_str account, eni_id;
    const char *status;
};

static void put(struct np_buf *b, struct np_str s)
{
    if (s.n == 0)
        np_buf_char(b, '-');
    else
        np_buf_str_add(b, s);
}

static void put_number(struct np_buf *b, const struct record *r, int64_t v)
{
    if (r->flow == NULL)
        np_buf_char(b, '-');
    else
        np_buf_i64(b, v);
}

static void put_ip(struct np_buf *b, const struct record *r, struct in_addr ip)
{
    const uint8_t *p = (const uint8_t *)&ip.s_addr;
    if (r->flow == NULL)
        np_buf_char(b, '-');
    else
        np_buf_printf(b, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
}

/* AWS: on the interface's side stands its primary address, whatever the packet has. */
static struct in_addr own_ip(const struct record *r, struct in_addr packet)
{
    return r->eni != NULL && r->eni->n_addresses != 0 ? r->eni->addresses[0].private_ip : packet;
}

/* --- where a packet goes --- */

static bool is_in(const struct agent_Block *block, uint32_t ip)
{
    unsigned bits = (unsigned)block->Bits.v;
    return bits == 0 || (ip ^ (uint32_t)block->Address.v) >> (32 - bits) == 0;
}

static bool is_in_any(const struct agent_BlockList *l, uint32_t ip)
{
    for (size_t i = 0; i < l->n; i++)
        if (is_in(&l->v[i], ip))
            return true;
    return false;
}

static const struct agent_Route *route_to(const struct agent_Table *t, uint32_t ip)
{
    const struct agent_Route *best = NULL;
    for (size_t i = 0; i < t->Routes.n; i++) {
        const struct agent_Route *x = &t->Routes.v[i];
        if (is_in(x->Block, ip) && (best == NULL || x->Block->Bits.v > best->Block->Bits.v))
            best = x;
    }
    return best;
}

/* AWS: 1 by something of the VPC, 4 a peering in the region, 7 a gateway endpoint, 8 an internet
 * gateway. */
static unsigned path_of(const struct record *r)
{
    if (r->flow == NULL || !r->flow->egress || r->vpc == NULL || r->eni == NULL)
        return 0;
    const struct agent_EnsureNetworkRequest *net = r->vpc->net;
    uint32_t to = ntohl(r->flow->to.s_addr);
    if (is_in_any(&net->Blocks, to))
        return 1;
    if (r->eni->subnet >= net->Subnets.n)
        return 0;
    int64_t table = net->Subnets.v[r->eni->subnet].Table.v;
    if (table < 0 || (size_t)table >= net->Tables.n)
        return 0;
    const struct agent_Table *t = &net->Tables.v[table];
    if (is_in_any(&t->Endpoints, to))
        return 7;
    const struct agent_Route *x = route_to(t, to);
    if (x == NULL)
        return 0;
    if (np_str_is(x->Kind, "internet"))
        return 8;
    return np_str_is(x->Kind, "peer") ? 4 : 1;
}

static const char *service_of(struct in_addr ip)
{
    uint32_t at = ntohl(ip.s_addr);
    if (at == NP_VNET_S3)
        return "S3";
    if (at == NP_VNET_APIS)
        return "AMAZON";
    return (at & POOL_MASK) == POOL ? "EC2" : "-";
}

/* --- fields --- */

/* AWS: the highest version that a field of the format came with. */
static unsigned version_of(enum ec2_flow_field f)
{
    if (f == EC2_FLOW_REJECT_REASON)
        return 8;
    if (f >= EC2_FLOW_ECS_CLUSTER_ARN)
        return 7;
    if (f >= EC2_FLOW_PKT_SRC_AWS_SERVICE)
        return 5;
    if (f >= EC2_FLOW_REGION)
        return 4;
    return f >= EC2_FLOW_VPC_ID ? 3 : 2;
}

static unsigned version(const struct ec2_flow_format *f)
{
    unsigned v = 2;
    for (size_t i = 0; i < f->n; i++)
        if (version_of(f->v[i]) > v)
            v = version_of(f->v[i]);
    return v;
}

static void put_version(struct np_buf *b, const struct record *r)
{
    np_buf_u64(b, version(r->format));
}
static void put_account(struct np_buf *b, const struct record *r)
{
    put(b, r->eni != NULL && r->eni->owner.n != 0 ? r->eni->owner : r->account);
}
static void put_interface(struct np_buf *b, const struct record *r)
{
    put(b, r->eni_id);
}
static void put_srcaddr(struct np_buf *b, const struct record *r)
{
    struct in_addr none = {0};
    put_ip(b, r,
           r->flow == NULL   ? none
           : r->flow->egress ? own_ip(r, r->flow->from)
                             : r->flow->from);
}
static void put_dstaddr(struct np_buf *b, const struct record *r)
{
    struct in_addr none = {0};
    put_ip(b, r, r->flow == NULL ? none : r->flow->egress ? r->flow->to : own_ip(r, r->flow->to));
}
static void put_srcport(struct np_buf *b, const struct record *r)
{
    put_number(b, r, r->flow != NULL ? r->flow->from_port : 0);
}
static void put_dstport(struct np_buf *b, const struct record *r)
{
    put_number(b, r, r->flow != NULL ? r->flow->to_port : 0);
}
static void put_protocol(struct np_buf *b, const struct record *r)
{
    put_number(b, r, r->flow != NULL ? r->flow->protocol : 0);
}
static void put_packets(struct np_buf *b, const struct record *r)
{
    put_number(b, r, r->flow != NULL ? (int64_t)r->flow->packets : 0);
}
static void put_bytes(struct np_buf *b, const struct record *r)
{
    put_number(b, r, r->flow != NULL ? (int64_t)r->flow->bytes : 0);
}
static void put_start(struct np_buf *b, const struct record *r)
{
    np_buf_i64(b, r->flow != NULL ? r->flow->start_s : r->window->start_s);
}
static void put_end(struct np_buf *b, const struct record *r)
{
    np_buf_i64(b, r->flow != NULL ? r->flow->end_s : r->window->end_s);
}
static void put_action(struct np_buf *b, const struct record *r)
{
    np_buf_str_add(b, np_str_of(r->flow == NULL ? "-" : r->flow->accept ? "ACCEPT" : "REJECT"));
}
static void put_status(struct np_buf *b, const struct record *r)
{
    np_buf_str_add(b, np_str_of(r->status));
}
static void put_vpc(struct np_buf *b, const struct record *r)
{
    put(b, r->window->vpc_id);
}
static void put_subnet(struct np_buf *b, const struct record *r)
{
    put(b, r->eni != NULL ? r->eni->subnet_id : NP_STR_NULL);
}
static void put_instance(struct np_buf *b, const struct record *r)
{
    put(b, r->eni != NULL ? r->eni->instance_id : NP_STR_NULL);
}
static void put_flags(struct np_buf *b, const struct record *r)
{
    put_number(b, r, r->flow != NULL ? r->flow->tcp_flags : 0);
}
static void put_type(struct np_buf *b, const struct record *r)
{
    np_buf_str_add(b, np_str_of(r->flow != NULL ? "IPv4" : "-"));
}
static void put_pkt_src(struct np_buf *b, const struct record *r)
{
    put_ip(b, r, r->flow != NULL ? r->flow->from : (struct in_addr){0});
}
static void put_pkt_dst(struct np_buf *b, const struct record *r)
{
    put_ip(b, r, r->flow != NULL ? r->flow->to : (struct in_addr){0});
}
static void put_region(struct np_buf *b, const struct record *r)
{
    put(b, r->vpc != NULL ? r->vpc->region : NP_STR_NULL);
}
static void put_az(struct np_buf *b, const struct record *r)
{
    put(b, r->eni != NULL ? r->eni->az_id : NP_STR_NULL);
}
static void put_src_service(struct np_buf *b, const struct record *r)
{
    np_buf_str_add(b, np_str_of(r->flow != NULL ? service_of(r->flow->from) : "-"));
}
static void put_dst_service(struct np_buf *b, const struct record *r)
{
    np_buf_str_add(b, np_str_of(r->flow != NULL ? service_of(r->flow->to) : "-"));
}
static void put_direction(struct np_buf *b, const struct record *r)
{
    np_buf_str_add(b, np_str_of(r->flow == NULL ? "-" : r->flow->egress ? "egress" : "ingress"));
}
static void put_path(struct np_buf *b, const struct record *r)
{
    unsigned path = path_of(r);
    if (path == 0)
        np_buf_char(b, '-');
    else
        np_buf_u64(b, path);
}

/* What is not here is of things that are not here: "-". */
static void (*const fields[EC2_FLOW_FIELDS])(struct np_buf *b, const struct record *r) = {
    [EC2_FLOW_VERSION] = put_version,
    [EC2_FLOW_ACCOUNT_ID] = put_account,
    [EC2_FLOW_INTERFACE_ID] = put_interface,
    [EC2_FLOW_SRCADDR] = put_srcaddr,
    [EC2_FLOW_DSTADDR] = put_dstaddr,
    [EC2_FLOW_SRCPORT] = put_srcport,
    [EC2_FLOW_DSTPORT] = put_dstport,
    [EC2_FLOW_PROTOCOL] = put_protocol,
    [EC2_FLOW_PACKETS] = put_packets,
    [EC2_FLOW_BYTES] = put_bytes,
    [EC2_FLOW_START] = put_start,
    [EC2_FLOW_END] = put_end,
    [EC2_FLOW_ACTION] = put_action,
    [EC2_FLOW_LOG_STATUS] = put_status,
    [EC2_FLOW_VPC_ID] = put_vpc,
    [EC2_FLOW_SUBNET_ID] = put_subnet,
    [EC2_FLOW_INSTANCE_ID] = put_instance,
    [EC2_FLOW_TCP_FLAGS] = put_flags,
    [EC2_FLOW_TYPE] = put_type,
    [EC2_FLOW_PKT_SRCADDR] = put_pkt_src,
    [EC2_FLOW_PKT_DSTADDR] = put_pkt_dst,
    [EC2_FLOW_REGION] = put_region,
    [EC2_FLOW_AZ_ID] = put_az,
    [EC2_FLOW_PKT_SRC_AWS_SERVICE] = put_src_service,
    [EC2_FLOW_PKT_DST_AWS_SERVICE] = put_dst_service,
    [EC2_FLOW_FLOW_DIRECTION] = put_direction,
    [EC2_FLOW_TRAFFIC_PATH] = put_path,
};

static void put_line(struct np_buf *b, const struct record *r)
{
    for (size_t i = 0; i < r->format->n; i++) {
        if (i > 0)
            np_buf_char(b, ' ');
        if (fields[r->format->v[i]] != NULL)
            fields[r->format->v[i]](b, r);
        else
            np_buf_char(b, '-');
    }
    np_buf_char(b, '\n');
}

void ec2_flow_head(struct np_buf *b, const struct ec2_flow_format *f)
{
    for (size_t i = 0; i < f->n; i++)
        np_buf_printf(b, "%s%s", i > 0 ? " " : "", ec2_flow_field_name(f->v[i]));
    np_buf_char(b, '\n');
}

/* --- a window --- */

static const struct np_vnet_eni *eni_of(const struct np_vnet_vpc *vpc, struct np_str id)
{
    for (size_t i = 0; vpc != NULL && i < vpc->n_enis; i++)
        if (np_str_eq(vpc->enis[i].id, id))
            return &vpc->enis[i];
    return NULL;
}

static bool has_rows(const struct np_vnet_window *w, struct np_str eni_id)
{
    for (size_t i = 0; i < w->n_rows; i++)
        if (np_str_eq(w->rows[i].eni_id, eni_id))
            return true;
    return false;
}

void ec2_flow_lines(struct np_buf *b, const struct ec2_flow_format *f, const struct np_core *core,
                    struct np_str account, const struct np_vnet_window *w)
{
    struct record r = {
        .format = f, .vpc = np_vnet_get(core->vnet, w->vpc_id), .window = w, .account = account};
    for (size_t i = 0; i < w->n_rows; i++) {
        r.flow = &w->rows[i];
        r.eni_id = r.flow->eni_id;
        r.eni = eni_of(r.vpc, r.eni_id);
        r.status = "OK";
        put_line(b, &r);
    }
    r.flow = NULL;
    for (size_t i = 0; i < w->n_enis; i++) {
        if (!w->skipped && has_rows(w, w->enis[i]))
            continue;
        r.eni_id = w->enis[i];
        r.eni = eni_of(r.vpc, r.eni_id);
        r.status = w->skipped ? "SKIPDATA" : "NODATA";
        put_line(b, &r);
    }
}
