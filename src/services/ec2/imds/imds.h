/* SPDX-License-Identifier: Apache-2.0 */
/* imds.h - the instance metadata service: what an instance finds at 169.254.169.254:80.
 *
 * Connections are accepted by engines/vnet inside a VPC and handed over; who asks is known by VPC
 * and peer address alone, so that nobody reads the metadata of another instance. What answers comes
 * from the instance's item (instance.h) at the time of the request. Threads: the connection belongs
 * to the loop on which it is handed over, which is a worker's.
 */
#pragma once

#include "aws/core.h"
#include "io/net.h"

struct np_worker;

/* Takes fd, a fresh TCP connection from `peer` in that VPC; closed when done. Of a peer that is no
 * instance's address every request is answered 404. */
void ec2_imds_accept(struct np_core *core, struct np_worker *w, int fd, struct np_str vpc_id,
                     const struct np_addr *peer);

/* In the service's init and fini. */
void ec2_imds_init(struct np_core *core);
void ec2_imds_fini(struct np_core *core);
