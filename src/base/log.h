/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - structured lines on stderr or a file: time, level, event name, key=value.
 *
 * Layers below aws/ log at debug only and return errors; whoever stops passing an error on logs
 * it, once. Error means that a person must act. Secrets never reach a line.
 * Threads: any; a line is one write().
 */
#pragma once

#include "base/str.h"

enum np_level { NP_DEBUG, NP_INFO, NP_WARN, NP_ERROR };

void np_log_init(enum np_level least, int fd);
bool np_log_on(enum np_level level);
/* `event` is a stable dotted name ("s3.acl.drop"); fmt writes "key=value key=value". */
void np_log(enum np_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A value for a log line: quoted and escaped when it holds blanks or control bytes. */
struct np_str np_log_quote(struct np_arena *a, struct np_str s);
