/* SPDX-License-Identifier: Apache-2.0 */
/* log_text.h - access logs as files: CloudFront's standard format (W3C extended, tabs). */
#pragma once

#include "engines/edge/edge.h"

extern const char cloudfront_log_head[]; /* the first two lines of a file */
/* One line, with its end. */
void cloudfront_log_line(struct np_buf *b, const struct np_edge_record *r);
