/* SPDX-License-Identifier: Apache-2.0 */
/* type_describe.c - DescribeInstanceTypes and DescribeInstanceTypeOfferings. */
#include "services/ec2/ec2_int.h"
#include "services/ec2/launch/type.h"
#include "services/ec2/zone.h"

static const struct ec2_filter type_filters[] = {
    {"auto-recovery-supported", "AutoRecoverySupported"},
    {"bare-metal", "BareMetal"},
    {"burstable-performance-supported", "BurstablePerformanceSupported"},
    {"current-generation", "CurrentGeneration"},
    {"dedicated-hosts-supported", "DedicatedHostsSupported"},
    {"ebs-info.attachment-limit-type", "EbsInfo.AttachmentLimitType"},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
     "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.baseline-iops", "EbsInfo.EbsOptimizedInfo.BaselineIops"},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
     "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps"},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
     "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps"},
    {"ebs-info.ebs-optimized-info.maximum-iops", "EbsInfo.EbsOptimizedInfo.MaximumIops"},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
     "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps"},
    {"ebs-info.ebs-optimized-support", "EbsInfo.EbsOptimizedSupport"},
    {"ebs-info.encryption-support", "EbsInfo.EncryptionSupport"},
    {"ebs-info.nvme-support", "EbsInfo.NvmeSupport"},
    {"free-tier-eligible", "FreeTierEligible"},
    {"hibernation-supported", "HibernationSupported"},
    {"hypervisor", "Hypervisor"},
    {"instance-storage-info.disk.count", "InstanceStorageInfo.Disks.Count"},
    {"instance-storage-info.disk.size-in-gb", "InstanceStorageInfo.Disks.SizeInGB"},
    {"instance-storage-info.disk.type", "InstanceStorageInfo.Disks.Type"},
    {"instance-storage-info.encryption-support", "InstanceStorageInfo.EncryptionSupport"},
    {"instance-storage-info.nvme-support", "InstanceStorageInfo.NvmeSupport"},
    {"instance-storage-info.total-size-in-gb", "InstanceStorageInfo.TotalSizeInGB"},
    {"instance-storage-supported", "InstanceStorageSupported"},
    {"instance-type", "InstanceType"},
    {"memory-info.size-in-mib", "MemoryInfo.SizeInMiB"},
    {"network-info.bandwidth-weightings", "NetworkInfo.BandwidthWeightings"},
    {"network-info.efa-info.maximum-efa-interfaces", "NetworkInfo.EfaInfo.MaximumEfaInterfaces"},
    {"network-info.efa-supported", "NetworkInfo.EfaSupported"},
    {"network-info.ena-support", "NetworkInfo.EnaSupport"},
    {"network-info.flexible-ena-queues-support", "NetworkInfo.FlexibleEnaQueuesSupport"},
    {"network-info.encryption-in-transit-supported", "NetworkInfo.EncryptionInTransitSupported"},
    {"network-info.ipv4-addresses-per-interface", "NetworkInfo.Ipv4AddressesPerInterface"},
    {"network-info.ipv6-addresses-per-interface", "NetworkInfo.Ipv6AddressesPerInterface"},
    {"network-info.ipv6-supported", "NetworkInfo.Ipv6Supported"},
    {"network-info.maximum-network-cards", "NetworkInfo.MaximumNetworkCards"},
    {"network-info.maximum-network-interfaces", "NetworkInfo.MaximumNetworkInterfaces"},
    {"network-info.network-performance", "NetworkInfo.NetworkPerformance"},
    {"nitro-enclaves-support", "NitroEnclavesSupport"},
    {"nitro-tpm-support", "NitroTpmSupport"},
    {"nitro-tpm-info.supported-versions", "NitroTpmInfo.SupportedVersions"},
    {"processor-info.manufacturer", "ProcessorInfo.Manufacturer"},
    {"processor-info.supported-architecture", "ProcessorInfo.SupportedArchitectures"},
    {"processor-info.supported-features", "ProcessorInfo.SupportedFeatures"},
    {"processor-info.sustained-clock-speed-in-ghz", "ProcessorInfo.SustainedClockSpeedInGhz"},
    {"reboot-migration-support", "RebootMigrationSupport"},
    {"supported-boot-mode", "SupportedBootModes"},
    {"supported-root-device-type", "SupportedRootDeviceTypes"},
    {"supported-usage-class", "SupportedUsageClasses"},
    {"supported-virtualization-type", "SupportedVirtualizationTypes"},
    {"vcpu-info.default-cores", "VCpuInfo.DefaultCores"},
    {"vcpu-info.default-threads-per-core", "VCpuInfo.DefaultThreadsPerCore"},
    {"vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"},
    {"vcpu-info.valid-cores", "VCpuInfo.ValidCores"},
    {"vcpu-info.valid-threads-per-core", "VCpuInfo.ValidThreadsPerCore"},
};

static bool asked(const struct np_strs *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (np_str_eq(names->v[i], np_str_of(name)))
            return true;
    return names->n == 0;
}

static int names_ok(struct np_req *rq, const struct np_strs *names, struct np_err *err)
{
    struct np_str bad = NP_STR_NULL;
    size_t n = 0;
    for (size_t i = 0; i < names->n; i++) {
        struct np_str name = names->v[i];
        if (ec2_type(name) != NULL)
            continue;
        bad = n++ == 0 ? name : np_str_printf(rq->arena, "%.*s, %.*s", NP_FMT(bad), NP_FMT(name));
    }
    if (n == 0)
        return 0;
    return np_fault(err, &EC2_InvalidInstanceType,
                    "The following supplied instance types do not exist: [%.*s]", NP_FMT(bad));
}

int ec2_DescribeInstanceTypes(struct np_req *rq, const struct ec2_DescribeInstanceTypesRequest *in,
                              struct ec2_DescribeInstanceTypesResult *out, struct np_err *err)
{
    static const struct ec2_rows rows = {&ec2_InstanceTypeInfo_shape, type_filters,
                                         NP_LEN(type_filters), 5, 100};
    const struct ec2_type *all;
    size_t n = ec2_types_all(&all);
    if (in->InstanceTypes.n != 0 && in->MaxResults.set)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter instanceTypes cannot be used with the parameter maxResults");
    int rc = names_ok(rq, &in->InstanceTypes, err);
    if (rc != 0)
        return rc;
    struct ec2_InstanceTypeInfoList *list = &out->InstanceTypes;
    list->v = np_new_array(rq->arena, struct ec2_InstanceTypeInfo, n);
    list->set = true;
    for (size_t i = 0; i < n; i++)
        if (asked(&in->InstanceTypes, all[i].name))
            ec2_type_info(&all[i], rq->arena, &list->v[list->n++]);
    /* AWS: without MaxResults a page has 100 types (tests/sdk/test_ec2_types.py). */
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    if (!ask.max.set && in->InstanceTypes.n == 0)
        ask.max = (struct np_opt_int){true, 100};
    return ec2_filter_rows(rq, &rows, &ask, list, &out->NextToken, err);
}

/* --- where --- */

static const struct ec2_filter offering_filters[] = {
    {"instance-type", "InstanceType"},
    {"location", "Location"},
};

static size_t locations(struct np_req *rq, struct np_str kind, struct np_str **out)
{
    struct ec2_zone *zones;
    size_t n = ec2_zones(rq->arena, rq->region, &zones);
    *out = np_new_array(rq->arena, struct np_str, n);
    if (np_str_is(kind, "region")) {
        (*out)[0] = rq->region;
        return 1;
    }
    if (np_str_is(kind, "outpost"))
        return 0;
    for (size_t i = 0; i < n; i++)
        (*out)[i] = np_str_is(kind, "availability-zone-id") ? zones[i].id : zones[i].name;
    return n;
}

int ec2_DescribeInstanceTypeOfferings(struct np_req *rq,
                                      const struct ec2_DescribeInstanceTypeOfferingsRequest *in,
                                      struct ec2_DescribeInstanceTypeOfferingsResult *out,
                                      struct np_err *err)
{
    static const struct ec2_rows rows = {&ec2_InstanceTypeOffering_shape, offering_filters,
                                         NP_LEN(offering_filters), 5, 1000};
    struct np_str kind = in->LocationType.p != NULL ? in->LocationType : NP_STR("region"), *where;
    const struct ec2_type *all;
    size_t n = ec2_types_all(&all), places = locations(rq, kind, &where);
    struct ec2_InstanceTypeOfferingsList *list = &out->InstanceTypeOfferings;
    list->v = np_new_array(rq->arena, struct ec2_InstanceTypeOffering, n * places + 1);
    list->set = true;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < places; j++)
            list->v[list->n++] = (struct ec2_InstanceTypeOffering){
                .InstanceType = np_str_of(all[i].name),
                .LocationType = kind,
                .Location = where[j],
            };
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, list, &out->NextToken, err);
}
