/* SPDX-License-Identifier: Apache-2.0 */
/* post.h - an upload by a form, as PutObject sees it: what rq->priv points at when the operation
 * begins; of another request it is NULL. */
#pragma once

#include "base/str.h"
#include "gen/s3/types.h"

struct np_req;

struct s3_post {
    uint64_t least, most;   /* bytes of the file, by the policy */
    struct np_str redirect; /* success_action_redirect; absent: none that is an address */
    struct np_str status;   /* success_action_status */
    struct np_form_data *form;
    struct np_str bucket;
    bool signed_v2; /* by the older signature */
    bool over;      /* the part before the file is */
};
/* The answer, in the words of forms; as a handler's reply part. */
int s3_post_reply(struct np_req *rq, const struct s3_post *post,
                  const struct s3_PutObjectRequest *in, const struct s3_PutObjectOutput *out);
