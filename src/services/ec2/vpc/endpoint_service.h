/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint_service.h - the region's own services that VPC endpoints lead to. */
#pragma once

#include "base/str.h"

struct np_arena;

struct ec2_endpoint_service {
    const char *name; /* "kms": com.amazonaws.REGION.kms, kms.REGION.amazonaws.com */
    bool gateway;     /* a gateway endpoint leads there, too */
    bool below;       /* names below the service's are its own: BUCKET.s3.… */
};
/* "com.amazonaws.REGION.NAME"; NULL: the region does not serve it. */
const struct ec2_endpoint_service *ec2_endpoint_service(struct np_str region, struct np_str full);
/* In order; NULL after the last. */
const struct ec2_endpoint_service *ec2_endpoint_service_at(size_t i);
struct np_str ec2_endpoint_service_full(struct np_arena *a, struct np_str region,
                                        const struct ec2_endpoint_service *s);
/* Name that clients use: "kms.us-east-1.amazonaws.com". */
struct np_str ec2_endpoint_service_host(struct np_arena *a, struct np_str region,
                                        const struct ec2_endpoint_service *s);
/* Id of the hosted zone of an endpoint's own names in the region. */
struct np_str ec2_endpoint_zone(struct np_arena *a, struct np_str region);
