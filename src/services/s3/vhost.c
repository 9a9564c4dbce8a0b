/* SPDX-License-Identifier: Apache-2.0 */
/* vhost.c - virtual-host style: BUCKET.s3…/key becomes /BUCKET/key before anybody looks for an
 * operation; the signature stays on the path as it was sent. */
#include "services/s3/bucket_int.h"

#include "services/s3/host.h"

int s3_vhost_match(struct np_core *core, struct np_req *rq)
{
    struct s3_host h;
    s3_host_parse(core, rq->host, &h);
    if (h.kind != S3_HOST_API || h.bucket.p == NULL)
        return 0;
    struct np_str path = rq->wire.path;
    char *p = np_alloc(rq->arena, 1 + h.bucket.n + path.n);
    p[0] = '/';
    memcpy(p + 1, h.bucket.p, h.bucket.n);
    size_t n = 1 + h.bucket.n;
    if (path.n > 1) {
        memcpy(p + n, path.p, path.n);
        n += path.n;
    }
    rq->sign_path = path;
    rq->wire.path = np_str_n(p, n);
    return 2;
}

void s3_vhost_init(struct np_core *core)
{
    np_route_add(core, &(struct np_route){.svc = &s3_service, .match = s3_vhost_match});
}
