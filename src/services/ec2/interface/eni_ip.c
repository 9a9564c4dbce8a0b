/* SPDX-License-Identifier: Apache-2.0 */
/* eni_ip.c - which private addresses of a subnet are taken: rows, so that giving one costs a look
 * at an index and not at every interface. */
#include "services/ec2/interface/eni_ip.h"

#include "aws/fault.h"
#include "services/ec2/vpc/vpc.h"

NP_SQL(take_sql, "INSERT INTO ec2_ip (account, region, subnet, ip, eni)"
                 " VALUES (:account, :region, ?1, ?2, ?3)");
NP_SQL(give_sql, "DELETE FROM ec2_ip WHERE account = :account AND region = :region AND subnet = ?1"
                 " AND ip = ?2 AND eni = ?3");
NP_SQL(give_all_sql, "DELETE FROM ec2_ip WHERE account = :account AND region = :region"
                     " AND subnet = ?1 AND eni = ?2");
NP_SQL(highest_sql, "SELECT max(ip) FROM ec2_ip WHERE account = :account AND region = :region"
                    " AND subnet = ?1");
NP_SQL(lowest_sql, "SELECT min(ip) FROM ec2_ip WHERE account = :account AND region = :region"
                   " AND subnet = ?1");
NP_SQL(gap_sql, "SELECT a.ip + 1 FROM ec2_ip a WHERE a.account = :account AND a.region = :region"
                " AND a.subnet = ?1 AND NOT EXISTS (SELECT 1 FROM ec2_ip b"
                " WHERE b.account = :account AND b.region = :region AND b.subnet = ?1"
                " AND b.ip = a.ip + 1) ORDER BY a.ip LIMIT 1");

bool ec2_ip_usable(struct ec2_cidr block, uint32_t *first, uint32_t *last)
{
    if (block.bits > 29)
        return false;
    *first = ec2_cidr_first(block) + 4;
    *last = ec2_cidr_last(block) - 1;
    return true;
}

static int insert(struct np_txn *t, struct np_str subnet, uint32_t ip, struct np_str eni,
                  struct np_err *err)
{
    return np_exec(t, &take_sql, err, "sis", subnet, (int64_t)ip, eni);
}

int ec2_ip_take(struct np_txn *t, const struct ec2_item *subnet, struct np_str ip,
                struct np_str eni, struct np_err *err)
{
    struct ec2_cidr block = ec2_subnet_block(subnet);
    uint32_t address;
    if (!ec2_ip_parse(ip, &address))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "invalid value for parameter address: %.*s", NP_FMT(ip));
    if (!ec2_cidr_has_addr(block, address))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Address %.*s does not fall within the subnet's address range", NP_FMT(ip));
    if (ec2_subnet_reserved(block, address))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Address %.*s is in subnet's reserved address range", NP_FMT(ip));
    int rc = insert(t, subnet->id, address, eni, err);
    if (rc == NP_EEXIST)
        return np_fault(err, &EC2_InvalidIPAddressInUse, "Address %.*s is in use.", NP_FMT(ip));
    return rc;
}

/* One number of a query; absent in an empty subnet. */
static int number(struct np_txn *t, const struct np_sql *sql, struct np_str subnet,
                  struct np_opt_int *out, struct np_err *err)
{
    struct np_q *q = np_tq(t, sql, "s", subnet);
    *out = np_row(q) ? np_col_opt_int(q, 0) : (struct np_opt_int){0};
    return np_q_end(q, err);
}

static int choose(struct np_txn *t, struct np_str subnet, int64_t first, int64_t last,
                  struct np_opt_int *out, struct np_err *err)
{
    struct np_opt_int highest, lowest;
    int rc = number(t, &highest_sql, subnet, &highest, err);
    if (rc < 0)
        return rc;
    *out = (struct np_opt_int){true, highest.set ? highest.v + 1 : first};
    if (out->v <= last)
        return 0;
    rc = number(t, &lowest_sql, subnet, &lowest, err);
    if (rc < 0)
        return rc;
    if (lowest.v > first) {
        out->v = first;
        return 0;
    }
    rc = number(t, &gap_sql, subnet, out, err);
    out->set = out->set && out->v <= last;
    return rc;
}

int ec2_ip_take_any(struct np_txn *t, const struct ec2_item *subnet, struct np_str eni,
                    struct np_str *ip, struct np_err *err)
{
    uint32_t first, last;
    struct np_opt_int address = {0};
    int rc = 0;
    if (ec2_ip_usable(ec2_subnet_block(subnet), &first, &last))
        rc = choose(t, subnet->id, first, last, &address, err);
    if (rc < 0)
        return rc;
    if (!address.set)
        return np_fault(err, &EC2_InsufficientFreeAddressesInSubnet,
                        "The specified subnet does not have enough free addresses to satisfy the "
                        "request.");
    *ip = ec2_ip_text(np_txn_arena(t), (uint32_t)address.v);
    return insert(t, subnet->id, (uint32_t)address.v, eni, err);
}

int ec2_ip_give(struct np_txn *t, struct np_str subnet, struct np_str ip, struct np_str eni,
                struct np_err *err)
{
    uint32_t address;
    if (ip.p == NULL)
        return np_exec(t, &give_all_sql, err, "ss", subnet, eni);
    if (!ec2_ip_parse(ip, &address))
        return 0;
    return np_exec(t, &give_sql, err, "sis", subnet, (int64_t)address, eni);
}
