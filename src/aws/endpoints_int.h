/* SPDX-License-Identifier: Apache-2.0 */
/* endpoints_int.h - the gateway's own endpoints and the page that lists all. */
#pragma once

#include "aws/endpoints.h"

struct np_req;

void np_endpoints_init(struct np_core *core);
void np_endpoints_page(struct np_req *rq);
