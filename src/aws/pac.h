/* SPDX-License-Identifier: Apache-2.0 */
/* pac.h - the script that tells a browser when to use the gateway as its proxy. */
#pragma once

struct np_req;

void np_pac_page(struct np_req *rq);
