/* SPDX-License-Identifier: Apache-2.0 */
/* match.h - trees of filters. Without rows or requests. */
#pragma once

#include "services/acm/acm_int.h"

/* A certificate as filters see it. */
struct acm_subject {
    const struct acm_cert *cert;
    struct acm_AcmCertificateMetadata metadata;
};
/* NULL lets all pass. */
bool acm_filter_passes(struct np_arena *a, const struct acm_CertificateFilterStatement *f,
                       const struct acm_subject *s);
/* How many statements the tree has. */
size_t acm_filter_size(const struct acm_CertificateFilterStatement *f);
/* Absent: the subject has none. */
struct np_str acm_common_name(const struct acm_CertificateDetail *d);
