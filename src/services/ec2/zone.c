/* SPDX-License-Identifier: Apache-2.0 */
/* zone.c - availability zones: made of the region's name. */
#include "services/ec2/zone.h"

#include "base/arena.h"
#include "base/buf.h"

static const struct {
    const char *region;
    size_t n;
} counts[] = {{"us-east-1", 6}, {"us-west-2", 4}, {"ap-northeast-2", 4}};

static const struct {
    const char *word, *letters;
} directions[] = {
    {"northeast", "ne"}, {"northwest", "nw"}, {"southeast", "se"},
    {"southwest", "sw"}, {"north", "n"},      {"south", "s"},
    {"east", "e"},       {"west", "w"},       {"central", "c"},
};

/* "use1" of us-east-1. */
static struct np_str short_name(struct np_arena *a, struct np_str region)
{
    struct np_buf b;
    struct np_str word;
    np_buf_init(&b, a, 64);
    while (np_str_split(&region, '-', &word)) {
        struct np_str letters = word;
        NP_EACH (d, directions)
            if (np_str_eq(word, np_str_of(d->word)))
                letters = np_str_of(d->letters);
        np_buf_str_add(&b, letters);
    }
    return np_buf_str(&b);
}

size_t ec2_zones(struct np_arena *a, struct np_str region, struct ec2_zone **out)
{
    size_t n = 3;
    struct np_str id = short_name(a, region);
    NP_EACH (c, counts)
        if (np_str_eq(region, np_str_of(c->region)))
            n = c->n;
    *out = np_new_array(a, struct ec2_zone, n);
    for (size_t i = 0; i < n; i++) {
        (*out)[i].name = np_str_printf(a, "%.*s%c", NP_FMT(region), (char)('a' + i));
        (*out)[i].id = np_str_printf(a, "%.*s-az%zu", NP_FMT(id), i + 1);
    }
    return n;
}

bool ec2_zone(struct np_arena *a, struct np_str region, struct np_str name_or_id,
              struct ec2_zone *out)
{
    struct ec2_zone *zones;
    size_t n = ec2_zones(a, region, &zones);
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(zones[i].name, name_or_id) || np_str_eq(zones[i].id, name_or_id)) {
            *out = zones[i];
            return true;
        }
    return false;
}
