/* SPDX-License-Identifier: Apache-2.0 */
/* guest_text_fuzz.c - what a user gives an instance: user data in every packing, configurations,
 * unit files. */
#include "fuzz.h"

#include "base/auto.h"
#include "guest/unit.h"

static size_t count(const struct yaml *n, int depth)
{
    size_t total = 0;
    np_assert(depth <= YAML_DEPTH_MAX + 1);
    for (; n != NULL; n = n->next) {
        np_assert(n->kind != YAML_TEXT || n->child == NULL);
        total += 1 + count(n->child, depth + 1);
    }
    return total;
}

static void as_config(struct np_arena *a, struct np_str text)
{
    const char *why = NULL;
    const struct yaml *y = yaml_parse(a, text, &why);
    np_assert((y == NULL) == (why != NULL));
    np_assert(count(y, 0) <= YAML_NODES_MAX);
    yaml_get(y, "runcmd");
    yaml_true(y, "package_update", false);
}

static void as_user_data(struct np_arena *a, struct np_str text)
{
    struct part parts[PARTS_MAX];
    const char *why = NULL;
    int n = userdata_parts(a, text, parts, &why);
    np_assert(n >= -1 && n <= PARTS_MAX && (n != -1 || why != NULL));
    for (int i = 0; i < n; i++) {
        np_assert(parts[i].name.n > 0 && parts[i].body.p != NULL);
        np_assert((parts[i].kind == PART_UNKNOWN) == (parts[i].what != NULL));
        if (parts[i].kind == PART_CONFIG)
            as_config(a, parts[i].body);
    }
}

static void as_unit(struct np_arena *a, struct np_str text)
{
    bool may_fail;
    const struct unit *u = unit_parse(a, "fuzz@x.service", text);
    for (size_t i = 0; i < UNIT_COMMANDS_MAX && u->start[i] != NULL; i++)
        np_assert(unit_argv(a, u, u->start[i], &may_fail) != NULL);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    struct np_str text = np_str_n(p + 1, n - 1);
    if (p[0] % 3 == 0)
        as_user_data(a, text);
    else if (p[0] % 3 == 1)
        as_config(a, text);
    else
        as_unit(a, text);
    return 0;
}
