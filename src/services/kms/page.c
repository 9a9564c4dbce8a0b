/* SPDX-License-Identifier: Apache-2.0 */
/* page.c - paging by Limit and Marker. */

#include "services/kms/kms_int.h"

int kms_page_begin(const struct np_req *rq, struct np_opt_int limit, struct np_str marker,
                   size_t usual, uint64_t filter, struct kms_page *page, struct np_err *err)
{
    page->limit = limit.set ? (size_t)limit.v : usual;
    page->filter = filter;
    if (np_page_position(rq, filter, marker, &page->after) != 0)
        return np_fault(err, &KMS_InvalidMarkerException, "Invalid marker");
    return 0;
}

void kms_page_end(const struct np_req *rq, const struct kms_page *page, bool more,
                  struct np_str position, struct np_opt_bool *truncated, struct np_str *marker)
{
    *truncated = KMS_BOOL(more);
    if (more)
        *marker = np_page_token(rq, page->filter, position);
}
