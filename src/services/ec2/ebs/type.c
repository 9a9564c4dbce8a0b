/* SPDX-License-Identifier: Apache-2.0 */
/* type.c - types of volumes: sizes, IOPS and throughput that each may have. The figures are
 * kept and shown; what a disk of this host gives is not held back (docs/limits.md). */
#include "services/ec2/ebs/ebs_int.h"

static const struct type {
    const char *name;
    int64_t gib_min, gib_max;
    int64_t iops_min, iops_max, iops_a_gib; /* 0: it is not for the client to say */
    int64_t throughput_min, throughput_max; /* MiB/s; 0: the same */
    bool iops_needed, multi_attach;
} types[] = {
    {"gp2", 1, 16384, 0, 0, 0, 0, 0, false, false},
    {"gp3", 1, 16384, 3000, 16000, 500, 125, 1000, false, false},
    {"io1", 4, 16384, 100, 64000, 50, 0, 0, true, true},
    {"io2", 4, 65536, 100, 256000, 1000, 0, 0, true, true},
    {"st1", 125, 16384, 0, 0, 0, 0, 0, false, false},
    {"sc1", 125, 16384, 0, 0, 0, 0, 0, false, false},
    {"standard", 1, 1024, 0, 0, 0, 0, 0, false, false},
};

#define GP2_A_GIB    3
#define GP2_IOPS_MIN 100
#define GP2_IOPS_MAX 16000
#define IOPS_A_MIB   4 /* of gp3: a quarter MiB/s an I/O */
#define TYPE_DEFAULT "gp2"

static const struct type *type_of(struct np_str name)
{
    NP_EACH (t, types)
        if (np_str_eq(name, np_str_of(t->name)))
            return t;
    return NULL;
}

bool ec2_ebs_type_multi_attach(struct np_str type)
{
    const struct type *t = type_of(type);
    return t != NULL && t->multi_attach;
}

static int check_gib(const struct type *t, int64_t gib, struct np_err *err)
{
    if (gib < t->gib_min)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Volume of %lldGiB is too small for volume type %s; minimum is %lldGiB.",
                        (long long)gib, t->name, (long long)t->gib_min);
    if (gib > t->gib_max)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Volume of %lldGiB is too large for volume type %s; maximum is %lldGiB.",
                        (long long)gib, t->name, (long long)t->gib_max);
    return 0;
}

static int check_iops(const struct type *t, const struct ec2_ebs_size *s, struct np_err *err)
{
    if (s->iops < t->iops_min)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Volume iops of %lld is too low; minimum is %lld.", (long long)s->iops,
                        (long long)t->iops_min);
    if (s->iops > t->iops_max)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Volume iops of %lld is too high; maximum is %lld.", (long long)s->iops,
                        (long long)t->iops_max);
    if (s->iops > t->iops_min && s->iops > s->gib * t->iops_a_gib)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Iops to volume size ratio of %.6f is too high; maximum is %.6f.",
                        (double)s->iops / (double)s->gib, (double)t->iops_a_gib);
    return 0;
}

static int check_throughput(const struct type *t, const struct ec2_ebs_size *s, struct np_err *err)
{
    if (s->throughput < t->throughput_min || s->throughput > t->throughput_max)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Throughput of %lld MiB/s is not between %lld and %lld.",
                        (long long)s->throughput, (long long)t->throughput_min,
                        (long long)t->throughput_max);
    if (s->throughput * IOPS_A_MIB > s->iops)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Throughput (MiBps) to iops ratio of %.6f is too high; maximum is %.6f "
                        "MiBps per iops.",
                        (double)s->throughput / (double)s->iops, 1.0 / IOPS_A_MIB);
    return 0;
}

static int64_t gp2_iops(int64_t gib)
{
    int64_t iops = gib * GP2_A_GIB;
    return iops < GP2_IOPS_MIN ? GP2_IOPS_MIN : iops > GP2_IOPS_MAX ? GP2_IOPS_MAX : iops;
}

static int check_said(const struct type *t, const struct ec2_ebs_size *s, struct np_err *err)
{
    if (s->iops_set && t->iops_max == 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter iops is not supported for %s volumes.", t->name);
    if (s->throughput_set && t->throughput_max == 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter throughput is not supported for %s volumes.", t->name);
    if (!s->iops_set && t->iops_needed)
        return np_fault(err, &EC2_MissingParameter,
                        "The parameter iops must be specified for %s volumes.", t->name);
    return 0;
}

int ec2_ebs_size(struct ec2_ebs_size *s, int64_t least_gib, struct np_str source,
                 struct np_err *err)
{
    if (s->type.n == 0)
        s->type = NP_STR(TYPE_DEFAULT);
    const struct type *t = type_of(s->type);
    if (t == NULL)
        return np_fault(err, &EC2_InvalidParameterValue, "Invalid value '%.*s' for VolumeType.",
                        NP_FMT(s->type));
    if (s->gib == 0)
        s->gib = least_gib;
    if (s->gib < least_gib)
        return np_fault(err, &EC2_InvalidBlockDeviceMapping,
                        "Volume of size %lldGB is smaller than snapshot '%.*s', expect size >= "
                        "%lldGB",
                        (long long)s->gib, NP_FMT(source), (long long)least_gib);
    int rc = check_gib(t, s->gib, err);
    if (rc == 0)
        rc = check_said(t, s, err);
    if (rc != 0)
        return rc;
    if (!s->iops_set)
        s->iops = np_str_is(s->type, "gp2") ? gp2_iops(s->gib) : t->iops_min;
    if (!s->throughput_set)
        s->throughput = t->throughput_min;
    if (s->iops_set)
        rc = check_iops(t, s, err);
    return rc == 0 && s->throughput_set ? check_throughput(t, s, err) : rc;
}
