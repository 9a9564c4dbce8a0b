/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - STS as the front door sees it: its hooks, and who the caller is. */
#include "aws/req.h"
#include "gen/sts/ops.h"

/* AWS: everybody who has credentials may ask who he is, whatever policies say. */
static int authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    (void)rq, (void)op, (void)in, (void)err;
    return 0;
}

int sts_GetCallerIdentity(struct np_req *rq, const struct sts_GetCallerIdentityRequest *in,
                          struct sts_GetCallerIdentityResponse *out, struct np_err *err)
{
    (void)in, (void)err;
    out->UserId = rq->who->user_id;
    out->Account = rq->who->account;
    out->Arn = rq->who->arn;
    return 0;
}

const struct np_service sts_service = {
    .name = "sts",
    .model = &sts_model,
    .action_prefix = "sts",
    .authorize = authorize,
};
