/* SPDX-License-Identifier: Apache-2.0 */
/* type.c - instance types: the table, and a type as the API describes it. */
#include "services/ec2/launch/type.h"

#include "base/arena.h"

static const struct ec2_type types[] = {
#define EC2_TYPE(...) {__VA_ARGS__},
#include "services/ec2/launch/types.def"
#undef EC2_TYPE
};

size_t ec2_types_all(const struct ec2_type **out)
{
    *out = types;
    return NP_LEN(types);
}

const struct ec2_type *ec2_type(struct np_str name)
{
    NP_EACH (t, types)
        if (np_str_eq(name, np_str_of(t->name)))
            return t;
    return NULL;
}

struct np_str ec2_type_architecture(const struct ec2_type *t)
{
    return ec2_type_has(t, T_ARM64) ? NP_STR("arm64") : NP_STR("x86_64");
}

/* --- words --- */

static struct np_opt_int number(int64_t v)
{
    return (struct np_opt_int){true, v};
}

static struct np_opt_bool flag(const struct ec2_type *t, uint32_t f)
{
    return (struct np_opt_bool){true, ec2_type_has(t, f)};
}

static struct np_opt_bool no(void)
{
    return (struct np_opt_bool){true, false};
}

static struct np_str word(const struct ec2_type *t, uint32_t f, const char *yes, const char * not )
{
    return np_str_of(ec2_type_has(t, f) ? yes : not );
}

struct words {
    struct np_arena *a;
    struct np_strs list;
};

static void add(struct words *w, bool there, const char *text)
{
    if (!there)
        return;
    if (w->list.v == NULL)
        w->list = (struct np_strs){np_new_array(w->a, struct np_str, 4), 0, true};
    w->list.v[w->list.n++] = np_str_of(text);
}

static void numbers(struct np_arena *a, const char *text, struct np_opt_int **v, size_t *n,
                    bool *set)
{
    struct np_str rest = np_str_of(text), one;
    uint64_t x;
    *v = np_new_array(a, struct np_opt_int, rest.n / 2 + 1);
    while (rest.n != 0 && np_str_split(&rest, ' ', &one))
        if (np_str_u64(one, &x))
            (*v)[(*n)++] = number((int64_t)x);
    *set = *n != 0;
}

/* --- parts --- */

static struct ec2_ProcessorInfo *processor(const struct ec2_type *t, struct np_arena *a)
{
    struct ec2_ProcessorInfo *p = np_new(a, struct ec2_ProcessorInfo);
    struct words arch = {a}, features = {a};
    add(&arch, ec2_type_has(t, T_I386), "i386");
    add(&arch, !ec2_type_has(t, T_ARM64), "x86_64");
    add(&arch, ec2_type_has(t, T_ARM64), "arm64");
    add(&features, ec2_type_has(t, T_SEV), "amd-sev-snp");
    add(&features, ec2_type_has(t, T_NESTED), "nested-virtualization");
    p->SupportedArchitectures = arch.list;
    p->SupportedFeatures = features.list;
    if (t->mhz != 0)
        p->SustainedClockSpeedInGhz = (struct np_opt_double){true, t->mhz / 1000.0};
    p->Manufacturer = np_str_of(t->maker);
    return p;
}

static struct ec2_VCpuInfo *cpus(const struct ec2_type *t, struct np_arena *a)
{
    struct ec2_VCpuInfo *c = np_new(a, struct ec2_VCpuInfo);
    c->DefaultVCpus = number(t->vcpus);
    c->DefaultCores = number(t->cores);
    c->DefaultThreadsPerCore = number(t->threads);
    numbers(a, t->valid_cores, &c->ValidCores.v, &c->ValidCores.n, &c->ValidCores.set);
    numbers(a, t->valid_threads, &c->ValidThreadsPerCore.v, &c->ValidThreadsPerCore.n,
            &c->ValidThreadsPerCore.set);
    return c;
}

static struct ec2_EbsInfo *ebs(const struct ec2_type *t, struct np_arena *a)
{
    struct ec2_EbsInfo *e = np_new(a, struct ec2_EbsInfo);
    e->EbsOptimizedSupport =
        ec2_type_has(t, T_EBS) ? NP_STR("default") : word(t, T_EBS_MAY, "supported", "unsupported");
    e->EncryptionSupport = NP_STR("supported");
    e->NvmeSupport = word(t, T_NVME, "required", "unsupported");
    e->MaximumEbsAttachments = number(t->volumes);
    e->AttachmentLimitType = word(t, T_LIMIT, "dedicated", "shared");
    if (t->ebs_max_mbps == 0)
        return e;
    e->EbsOptimizedInfo = np_new(a, struct ec2_EbsOptimizedInfo);
    *e->EbsOptimizedInfo = (struct ec2_EbsOptimizedInfo){
        .BaselineBandwidthInMbps = number(t->ebs_base_mbps),
        .BaselineThroughputInMBps = {true, t->ebs_base_mbps / 8.0},
        .BaselineIops = number(t->ebs_base_iops),
        .MaximumBandwidthInMbps = number(t->ebs_max_mbps),
        .MaximumThroughputInMBps = {true, t->ebs_max_mbps / 8.0},
        .MaximumIops = number(t->ebs_max_iops),
    };
    return e;
}

static struct ec2_NetworkInfo *network(const struct ec2_type *t, struct np_arena *a)
{
    struct ec2_NetworkInfo *n = np_new(a, struct ec2_NetworkInfo);
    struct ec2_NetworkCardInfo *card = np_new(a, struct ec2_NetworkCardInfo);
    struct words weights = {a};
    *card = (struct ec2_NetworkCardInfo){
        .NetworkCardIndex = number(0),
        .NetworkPerformance = np_str_of(t->network),
        .MaximumNetworkInterfaces = number(t->interfaces),
        .BaselineBandwidthInGbps = {true, t->network_base_mbps / 1000.0},
        .PeakBandwidthInGbps = {true, t->network_peak_mbps / 1000.0},
    };
    add(&weights, ec2_type_has(t, T_WEIGHT), "default");
    add(&weights, ec2_type_has(t, T_WEIGHT), "ebs-1");
    add(&weights, ec2_type_has(t, T_WEIGHT), "vpc-1");
    n->NetworkPerformance = np_str_of(t->network);
    n->MaximumNetworkInterfaces = number(t->interfaces);
    n->MaximumNetworkCards = number(1);
    n->DefaultNetworkCardIndex = number(0);
    n->NetworkCards = (struct ec2_NetworkCardInfoList){card, 1, true};
    n->Ipv4AddressesPerInterface = number(t->addresses);
    n->Ipv6AddressesPerInterface = number(t->addresses);
    n->Ipv6Supported = (struct np_opt_bool){true, true};
    n->EnaSupport = ec2_type_has(t, T_ENA_MAY) ? NP_STR("supported")
                                               : word(t, T_ENA, "required", "unsupported");
    n->EfaSupported = flag(t, T_EFA);
    n->EncryptionInTransitSupported = flag(t, T_TRANSIT);
    n->EnaSrdSupported = flag(t, T_SRD);
    n->BandwidthWeightings = weights.list;
    n->FlexibleEnaQueuesSupport = word(t, T_QUEUES, "supported", "unsupported");
    n->SecondaryNetworkSupported = no();
    return n;
}

void ec2_type_info(const struct ec2_type *t, struct np_arena *a, struct ec2_InstanceTypeInfo *out)
{
    struct words usage = {a}, root = {a}, virt = {a}, boot = {a}, placement = {a}, tpm = {a};
    add(&usage, true, "on-demand");
    add(&usage, ec2_type_has(t, T_SPOT), "spot");
    add(&root, true, "ebs");
    add(&virt, true, "hvm");
    add(&boot, ec2_type_has(t, T_BIOS), "legacy-bios");
    add(&boot, ec2_type_has(t, T_UEFI), "uefi");
    add(&placement, ec2_type_has(t, T_CLUSTER), "cluster");
    add(&placement, true, "partition");
    add(&placement, true, "spread");
    add(&tpm, true, "2.0");
    *out = (struct ec2_InstanceTypeInfo){
        .InstanceType = np_str_of(t->name),
        .CurrentGeneration = flag(t, T_CURRENT),
        .FreeTierEligible = flag(t, T_FREE),
        .SupportedUsageClasses = usage.list,
        .SupportedRootDeviceTypes = root.list,
        .SupportedVirtualizationTypes = virt.list,
        .BareMetal = no(),
        .Hypervisor = word(t, T_NITRO, "nitro", "xen"),
        .ProcessorInfo = processor(t, a),
        .VCpuInfo = cpus(t, a),
        .MemoryInfo = np_new(a, struct ec2_MemoryInfo),
        .InstanceStorageSupported = no(),
        .EbsInfo = ebs(t, a),
        .NetworkInfo = network(t, a),
        .PlacementGroupInfo = np_new(a, struct ec2_PlacementGroupInfo),
        .HibernationSupported = flag(t, T_HIBERNATE),
        .BurstablePerformanceSupported = flag(t, T_BURST),
        .DedicatedHostsSupported = flag(t, T_DEDICATED),
        .AutoRecoverySupported = flag(t, T_RECOVER),
        .SupportedBootModes = boot.list,
        .NitroEnclavesSupport = word(t, T_ENCLAVES, "supported", "unsupported"),
        .NitroTpmSupport = word(t, T_TPM, "supported", "unsupported"),
        .PhcSupport = word(t, T_PHC, "supported", "unsupported"),
        .RebootMigrationSupport = word(t, T_REBOOT_MIGRATION, "supported", "unsupported"),
        .SupportedInRegion = {true, true},
    };
    out->MemoryInfo->SizeInMiB = number(t->memory_mib);
    out->PlacementGroupInfo->SupportedStrategies = placement.list;
    if (!ec2_type_has(t, T_TPM))
        return;
    out->NitroTpmInfo = np_new(a, struct ec2_NitroTpmInfo);
    out->NitroTpmInfo->SupportedVersions = tpm.list;
}
