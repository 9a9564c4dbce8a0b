/* SPDX-License-Identifier: Apache-2.0 */
/* volume_notify_fuzz.c - the texts by which a guest's mount(2) is judged: the runtime's message,
 * what /proc says of who calls, options, mount points. The first byte says which. */
#include "fuzz.h"

#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "base/auto.h"
#include "host/volume/notify_text.h"

static void metadata(struct np_str text)
{
    char id[NP_PROCESS_ID_MAX + 1];
    uint64_t base;
    if (!np_notify_metadata(text, id, &base))
        return;
    size_t n = strnlen(id, sizeof(id));
    np_assert(n > 0 && n <= NP_PROCESS_ID_MAX && id[0] != '-');
    /* It becomes a name below folders of the agent's. */
    np_assert(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n);
}

static void caller(struct np_str text)
{
    /* Nobody is the guest of two ranges. */
    np_assert(!np_notify_uid_map(text, 0) || !np_notify_uid_map(text, 1048576));
    np_notify_sys_admin(text);
    np_notify_writes(text);
}

static void options(struct np_arena *a, struct np_str text)
{
    static const char *const never[] = {"sb", "journal_dev", "journal_path", "usrjquota", "loop"};
    const char *z = np_str_z(a, text);
    if (!np_notify_options_ok(z))
        return;
    struct np_str rest = np_str_of(z), option, key, value;
    while (np_str_split(&rest, ',', &option)) {
        np_str_cut(option, '=', &key, &value);
        NP_EACH (n, never)
            np_assert(!np_str_eq(key, np_str_of(*n)));
    }
}

static void mount_point(struct np_arena *a, struct np_str text)
{
    const char *point = np_notify_mount_point(a, text, makedev(0, 77));
    np_assert(point == NULL || strlen(point) <= text.n);
}

static void flags(struct np_str text)
{
    uint64_t given = 0;
    unsigned long out;
    memcpy(&given, text.p, text.n < sizeof(given) ? text.n : sizeof(given));
    if (np_notify_mount_flags(given, &out))
        np_assert((out & (MS_BIND | MS_MOVE | MS_REMOUNT)) == 0);
    if (np_notify_umount_flags(given, &out))
        np_assert((out & ~0xful) == 0);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    struct np_str text = np_str_n(p + 1, n - 1);
    switch (p[0] % 5) {
    case 0:
        metadata(text);
        break;
    case 1:
        caller(text);
        break;
    case 2:
        options(a, text);
        break;
    case 3:
        mount_point(a, text);
        break;
    default:
        flags(text);
    }
    return 0;
}
