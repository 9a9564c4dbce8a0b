/* SPDX-License-Identifier: Apache-2.0 */
/* imds_int.h - what the files of the metadata service share. */
#pragma once

#include "http/server.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/imds/imds.h"
#include "services/ec2/imds/tree.h"

/* A request of an instance on its way. */
struct imds_request {
    struct np_http_x *x; /* NULL: the client left */
    struct np_core *core;
    struct np_loop *loop;
    struct np_arena *arena; /* of its own: a call may outlive the exchange */
    struct np_str instance, account, region;
    struct np_str role_arn, role;
    int64_t now_ms;
    int64_t token_left_s; /* 0: asked without a token */
};

/* Ends the exchange, if the client is still there, and the request. */
void imds_send(struct imds_request *q, int status, const char *type, struct np_str body);

/* --- identity.c --- */
void imds_identity(const struct np_core *core, const struct ec2_imds_facts *f, struct np_arena *a,
                   struct np_str *document, struct np_str *signature, struct np_str *pkcs7);

/* --- credentials.c --- */
struct imds_credentials; /* those that were given out, by instance; any worker */
struct imds_credentials *imds_credentials_new(void);
void imds_credentials_free(struct imds_credentials *c);
/* Answers the request, now or later. */
void imds_credentials_send(struct imds_credentials *c, struct imds_request *q);
