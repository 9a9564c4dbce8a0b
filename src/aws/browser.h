/* SPDX-License-Identifier: Apache-2.0 */
/* browser.h - web pages are not trusted: which Host names the gateway answers to, and which
 * cross-site requests it refuses. */
#pragma once

#include "aws/req.h"

bool np_browser_host_ok(const struct np_req *rq); /* false: 421 */
/* Does the Host belong to a resource alone: a website, a bucket, an alias? The gateway's own pages
 * are not below it: what a resource serves may be anybody's, and would be of one origin with them.
 */
bool np_host_owned(const struct np_req *rq);
/* The same of a name, in lower case, by what services said in np_host_add(). */
bool np_name_owned(struct np_core *core, struct np_str name);
struct np_str np_own_name(const struct np_req *rq); /* np_req.name */
int np_browser_check(struct np_req *rq, struct np_err *err);
/* Host without port, and whether it names this machine. */
struct np_str np_host_name(struct np_str host);
/* S3 Control puts the account before the host: "111122223333.localhost" is the gateway itself. */
struct np_str np_without_account(struct np_str name);
