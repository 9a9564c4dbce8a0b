/* SPDX-License-Identifier: Apache-2.0 */
/* dns.h - the region's DNS server: one engine, a server on every worker, one port. */
#pragma once

#include "aws/core.h"
#include "engines/dns/server.h"

/* Makes the engine and proves that nobody else has the port. *at is the address of --dns. */
int np_dns_open(struct np_core *core, struct np_addr *at, struct np_err *err);
/* Before the store starts: what `nephele endpoints` lists. */
void np_dns_endpoint(struct np_core *core);
/* A worker's server. The first one fills in the port that the kernel chose. */
int np_dns_listen(struct np_core *core, struct np_loop *l, struct np_addr *at,
                  struct np_dns_server **out, struct np_err *err);
void np_dns_close(struct np_core *core); /* servers and projections are gone */
