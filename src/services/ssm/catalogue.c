/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c - parameters that everybody may read and nobody writes: images by name, and the
 * regions that this gateway answers for. They have no rows. */
#include <stdlib.h>

#include "services/ec2/ec2.h"
#include "services/ssm/ssm_int.h"

#define SERVICE    "/aws/service/"
#define REGIONS    SERVICE "global-infrastructure/regions/"
#define CHANGED_MS INT64_C(1735689600000) /* all of them: 2025-01-01 */

static const struct image {
    const char *key, *image;
} images[] = {
#define SSM_IMAGE(name, image) {name, image},
#include "services/ssm/catalogue.def"
#undef SSM_IMAGE
};

bool ssm_in_catalogue(struct np_str key)
{
    return np_str_starts(key, NP_STR("/aws/"));
}

static struct np_str image_id(const struct np_req *rq, const char *image)
{
    return ec2_public_image(rq->core, rq->arena, rq->region, np_str_of(image));
}

static struct ssm_param entry(const struct np_req *rq, struct np_str key, const char *data_type,
                              struct np_str value)
{
    return (struct ssm_param){
        .key = key,
        .name = key,
        .arn = ssm_arn(rq->arena, rq->region, NP_STR(""), key),
        .version = 1,
        .newest = 1,
        .type = NP_STR("String"),
        .value = value,
        .modified_by = NP_STR("AWS"),
        .modified_ms = CHANGED_MS,
        .tier = NP_STR("Standard"),
        .data_type = np_str_of(data_type),
    };
}

static struct ssm_param image_entry(const struct np_req *rq, const struct image *i)
{
    return entry(rq, np_str_of(i->key), "aws:ec2:image", image_id(rq, i->image));
}

void ssm_catalogue_find(const struct np_req *rq, struct np_str key, struct ssm_param *out,
                        bool *found)
{
    struct np_str region = np_str_sub(key, strlen(REGIONS), key.n);
    *found = true;
    NP_EACH (i, images)
        if (np_str_eq(key, np_str_of(i->key))) {
            *out = image_entry(rq, i);
            *found = out->value.p != NULL;
            return;
        }
    *found = np_str_starts(key, NP_STR(REGIONS)) && np_region_ok(rq->core, region);
    if (*found)
        *out = entry(rq, key, "text", region);
}

static int by_key(const void *a, const void *b)
{
    return np_str_cmp(((const struct ssm_param *)a)->key, ((const struct ssm_param *)b)->key);
}

size_t ssm_catalogue_list(const struct np_req *rq, struct np_str prefix, struct ssm_param **out)
{
    struct np_str *regions;
    size_t n_regions = np_region_names(rq->core, rq->arena, &regions), n = 0;
    struct ssm_param *all =
        np_new_array(rq->arena, struct ssm_param, NP_LEN(images) + n_regions + 1);
    NP_EACH (i, images) {
        if (!np_str_starts(np_str_of(i->key), prefix))
            continue;
        all[n] = image_entry(rq, i);
        n += all[n].value.p != NULL; /* the operator's table may lack it */
    }
    for (size_t i = 0; i < n_regions; i++) {
        struct np_str key = np_str_cat(rq->arena, NP_STR(REGIONS), regions[i]);
        if (np_str_starts(key, prefix))
            all[n++] = entry(rq, key, "text", regions[i]);
    }
    qsort(all, n, sizeof(*all), by_key);
    *out = all;
    return n;
}
