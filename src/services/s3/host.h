/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - host names of S3: virtual-host style, regional endpoints, websites. */
#pragma once

#include "base/str.h"

struct np_core;

enum s3_host_kind {
    S3_HOST_OTHER,
    S3_HOST_API,     /* [BUCKET.]s3… */
    S3_HOST_WEBSITE, /* BUCKET.s3-website…, or a bucket that is named like the host */
};
struct s3_host {
    enum s3_host_kind kind;
    struct np_str bucket; /* absent: path style */
    struct np_str region; /* absent: the name says none */
    bool global;          /* a name of the partition: s3.amazonaws.com and below */
};
/* host in lower case, with or without port; parts are borrowed. */
void s3_host_parse(const struct np_core *core, struct np_str host, struct s3_host *out);
