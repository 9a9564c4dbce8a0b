/* SPDX-License-Identifier: Apache-2.0 */
/* notify_text.c - the texts that come with a guest's system calls, which it can shape. */
#include "host/volume/notify_text.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "host/volume/volume_int.h"

/* Flags that make it another operation than mounting a file system anew. */
#define UMOUNTS (MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)
#define OTHERS  (MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* "metadata":"i-0123 100000" of the runtime's message, which is JSON; ids have nothing to escape.
 */
bool np_notify_metadata(struct np_str message, np_volume_id id, uint64_t *base)
{
    struct np_str name = NP_STR("\"metadata\""), who, first;
    ptrdiff_t at = np_str_find(message, name);
    if (at < 0)
        return false;
    message = np_str_trim(np_str_sub(message, (size_t)at + name.n, message.n));
    if (!np_str_starts(message, NP_STR(":")))
        return false;
    message = np_str_trim(np_str_sub(message, 1, message.n));
    return np_str_starts(message, NP_STR("\"")) &&
           np_str_cut(np_str_sub(message, 1, message.n), '"', &message, &first) &&
           np_str_cut(message, ' ', &who, &first) && np_life_id_ok(who, id) &&
           np_str_u64(first, base);
}

bool np_notify_uid_map(struct np_str text, uint64_t base)
{
    struct np_str rest = np_str_trim(text), field;
    uint64_t id = 1, numbers[2] = {1, 1};
    for (size_t i = 0; i < NP_LEN(numbers); rest = np_str_trim(rest)) {
        if (!np_str_split(&rest, ' ', &field))
            return false;
        if (field.n != 0 && np_str_u64(field, &id))
            numbers[i++] = id;
    }
    return numbers[0] == 0 && numbers[1] == base;
}

bool np_notify_sys_admin(struct np_str status)
{
    struct np_str line;
    while (np_str_split(&status, '\n', &line))
        if (np_str_starts(line, NP_STR("CapEff:\t")) && line.n == 24) {
            /* 16 hexadecimal digits; CAP_SYS_ADMIN is in the sixth from the right. */
            char digit = line.p[23 - CAP_SYS_ADMIN / 4];
            unsigned v = digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
            return (v >> CAP_SYS_ADMIN % 4 & 1) != 0;
        }
    return false;
}

bool np_notify_writes(struct np_str fdinfo)
{
    struct np_str line;
    while (np_str_split(&fdinfo, '\n', &line))
        if (np_str_starts(line, NP_STR("flags:")))
            return (line.p[line.n - 1] - '0') % 4 != O_RDONLY; /* octal */
    return false;
}

bool np_notify_mount_flags(uint64_t given, unsigned long *flags)
{
    *flags = (unsigned long)given;
    if ((*flags & MS_MGC_MSK) == MS_MGC_VAL)
        *flags &= ~MS_MGC_MSK;
    return (*flags & OTHERS) == 0;
}

bool np_notify_umount_flags(uint64_t given, unsigned long *flags)
{
    *flags = (unsigned long)given;
    return (*flags & ~(unsigned long)UMOUNTS) == 0;
}

/* --- options --- */

/* Those that are not of this list are refused: the caller is a guest. */
bool np_notify_option_ok(struct np_str key, struct np_str value)
{
    static const char *const flags[] = {
        "discard",  "nodiscard",   "user_xattr",    "acl",           "barrier",        "nobarrier",
        "delalloc", "nodelalloc",  "inode64",       "attr2",         "nouuid",         "noquota",
        "lazytime", "init_itable", "noinit_itable", "auto_da_alloc", "noauto_da_alloc"};
    uint64_t number;
    if (np_str_is(key, "commit") || np_str_is(key, "stripe") || np_str_is(key, "logbufs") ||
        np_str_is(key, "inode_readahead_blks"))
        return np_str_u64(value, &number) && number < 1u << 20;
    if (np_str_is(key, "data"))
        return np_str_is(value, "ordered") || np_str_is(value, "writeback");
    NP_EACH (flag, flags)
        if (value.p == NULL && np_str_eq(key, np_str_of(*flag)))
            return true;
    return false;
}

bool np_notify_options_ok(const char *options)
{
    struct np_str rest = np_str_of(options), option, k, v;
    while (np_str_split(&rest, ',', &option)) {
        np_str_cut(option, '=', &k, &v);
        if (k.n != 0 && !np_str_is(k, "errors") && !np_notify_option_ok(k, v))
            return false;
    }
    return true;
}

/* --- mountinfo --- */

/* Blanks and the like are octal. */
static char *unescape(struct np_arena *a, struct np_str s)
{
    char *out = np_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *p = s.p + i;
        bool octal = *p == '\\' && s.n - i > 3;
        out[n++] = octal ? (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0')) : *p;
        i += octal ? 3 : 0;
    }
    out[n] = '\0';
    return out;
}

char *np_notify_mount_point(struct np_arena *a, struct np_str line, dev_t dev)
{
    struct np_str field, high, low;
    uint64_t major_, minor_;
    if (!np_str_split(&line, ' ', &field) || !np_str_split(&line, ' ', &field) ||
        !np_str_split(&line, ' ', &field) || !np_str_cut(field, ':', &high, &low) ||
        !np_str_u64(high, &major_) || !np_str_u64(low, &minor_) ||
        makedev((unsigned)major_, (unsigned)minor_) != dev || !np_str_split(&line, ' ', &field) ||
        !np_str_split(&line, ' ', &field))
        return NULL;
    return unescape(a, field);
}
