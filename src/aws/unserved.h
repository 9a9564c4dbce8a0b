/* SPDX-License-Identifier: Apache-2.0 */
/* unserved.h - services of AWS that this region does not serve: they have no operation, but each
 * request for one is answered in the form that its client reads. */
#pragma once

#include "aws/req.h"

/* A service of that signing name without operations, speaking the request's protocol. Lives as
 * long as the request. */
const struct np_service *np_unserved(struct np_req *rq, struct np_str name);
/* The service that an unsigned request names in X-Amz-Target or in the path of rpc-v2-cbor; absent:
 * it names none. */
struct np_str np_service_named(const struct np_req *rq);
bool np_is_cbor(const struct np_req *rq);
bool np_is_form(const struct np_req *rq); /* of the query protocols: a form, or a GET with Action */
