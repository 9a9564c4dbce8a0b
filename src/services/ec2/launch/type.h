/* SPDX-License-Identifier: Apache-2.0 */
/* type.h - instance types: the facts of types.def. Constant; any thread. */
#pragma once

#include "base/err.h"
#include "gen/ec2/types.h"

struct np_arena;

enum ec2_type_flags {
    T_CURRENT = 1 << 0,
    T_FREE = 1 << 1, /* of the free tier */
    T_NITRO = 1 << 2,
    T_BURST = 1 << 3,
    T_HIBERNATE = 1 << 4,
    T_DEDICATED = 1 << 5,
    T_RECOVER = 1 << 6,
    T_ENCLAVES = 1 << 7,
    T_TPM = 1 << 8,
    T_UEFI = 1 << 9,
    T_BIOS = 1 << 10,
    T_REBOOT_MIGRATION = 1 << 11,
    T_CLUSTER = 1 << 12,
    T_I386 = 1 << 13,
    T_ARM64 = 1 << 14,
    T_TRANSIT = 1 << 15, /* encrypts in transit */
    T_SRD = 1 << 16,
    T_EFA = 1 << 17,
    T_EBS = 1 << 18, /* EBS-optimised by default */
    T_EBS_MAY = 1 << 19,
    T_NVME = 1 << 20,
    T_ENA = 1 << 21,
    T_ENA_MAY = 1 << 22,
    T_SEV = 1 << 23,
    T_QUEUES = 1 << 24,
    T_WEIGHT = 1 << 25, /* bandwidth may be weighted */
    T_PHC = 1 << 26,
    T_NESTED = 1 << 27,
    T_LIMIT = 1 << 28, /* volumes have a limit of their own */
    T_SPOT = 1 << 29,
};

struct ec2_type {
    const char *name;
    uint16_t vcpus, cores, threads;
    uint32_t memory_mib;
    const char *maker;
    uint16_t mhz;
    const char *network;
    uint32_t network_base_mbps, network_peak_mbps;
    uint16_t interfaces, addresses;
    uint32_t ebs_base_mbps, ebs_base_iops, ebs_max_mbps, ebs_max_iops;
    uint16_t volumes;
    const char *valid_cores, *valid_threads; /* "1 2 4"; "": cannot be chosen */
    uint32_t flags;
};

/* NULL: none of the table. */
const struct ec2_type *ec2_type(struct np_str name);
static inline bool ec2_type_has(const struct ec2_type *t, uint32_t flags)
{
    return (t->flags & flags) == flags;
}
/* "x86_64" or "arm64". */
struct np_str ec2_type_architecture(const struct ec2_type *t);
/* As DescribeInstanceTypes shows it. */
void ec2_type_info(const struct ec2_type *t, struct np_arena *a, struct ec2_InstanceTypeInfo *out);
/* All, in the table's order. */
size_t ec2_types_all(const struct ec2_type **out);
