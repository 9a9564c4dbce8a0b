/* SPDX-License-Identifier: Apache-2.0 */
/* address_ptr.c - elastic IPs with a name of their own in the region's DNS: each is a small zone
 * of the address's name below in-addr.arpa. On the thread that builds projections. */
#include "base/auto.h"
#include "engines/dns/dns.h"
#include "engines/dns/name.h"
#include "engines/dns/rdata.h"
#include "services/ec2/interface/address_int.h"
#include "services/ec2/vpc/cidr.h"

#define TTL_S 300

static void put(struct np_dns_change *c, struct np_arena *a, struct np_str zone, struct np_str name,
                uint16_t type, struct np_str text)
{
    struct np_str rdata;
    if (np_dns_rdata_of(type, text, a, &rdata, NULL) != 0)
        return;
    np_dns_rrset_put(c, zone,
                     &(struct np_dns_rrset){.name = name,
                                            .type = type,
                                            .ttl = TTL_S,
                                            .policy = NP_DNS_SIMPLE,
                                            .rdata = &rdata,
                                            .n_rdata = 1});
}

static struct np_str ptr_of(const struct ec2_item *it)
{
    return it != NULL ? EC2_OWN(AddressOwn, it)->PtrRecord : NP_STR_NULL;
}

void ec2_address_project(struct np_core *core, const struct ec2_item *was,
                         const struct ec2_item *now)
{
    const struct ec2_item *it = now != NULL ? now : was;
    struct np_str before = ptr_of(was), after = ptr_of(now), name;
    uint32_t ip;
    if (core->dns == NULL || np_str_eq(before, after) ||
        !ec2_ip_parse(EC2_SEEN(Address, it)->PublicIp, &ip))
        return;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = np_str_printf(a, "%u.%u.%u.%u.in-addr.arpa", ip & 255, ip >> 8 & 255,
                                       ip >> 16 & 255, ip >> 24);
    struct np_str zone = np_str_cat(a, NP_STR("ptr/"), it->id);
    struct np_dns_change *c = np_dns_begin(core->dns);
    if (after.p == NULL) {
        np_dns_zone_remove(c, zone);
    } else if (np_dns_name_of(text, a, &name, NULL) == 0) {
        np_dns_zone_put(c, &(struct np_dns_zone){.id = zone, .name = name});
        put(c, a, zone, name, NP_DNS_SOA,
            NP_STR("ns.amazonaws.com. hostmaster.amazonaws.com. 1 7200 900 1209600 300"));
        put(c, a, zone, name, NP_DNS_NS, NP_STR("ns.amazonaws.com."));
        put(c, a, zone, name, NP_DNS_PTR, after);
    }
    np_dns_commit(c);
}
