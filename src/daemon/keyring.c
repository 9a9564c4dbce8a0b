/* SPDX-License-Identifier: Apache-2.0 */
/* keyring.c - opening the keyring by the master key, making both, changing the master key. */
#include "daemon/keyring.h"

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "daemon/datadir.h"
#include "io/file.h"

#define MASTER_HEAD "nephele-master-key-1 "
#define RING_HEAD   "nephele-keyring-1"
#define MASTER_MAX  256
#define RING_MAX    1024
#define SEALED      (NP_AEAD_NONCE + NP_ROOT_KEY + NP_AEAD_TAG)

_Static_assert(NP_ROOT_KEY == NP_AEAD_KEY, "a master key of an earlier version is a root key");

struct keys {
    uint8_t master[NP_AEAD_KEY], root[NP_ROOT_KEY];
    bool is_root; /* the master key is of an earlier version */
};

struct place {
    struct np_str master, ring; /* paths */
    bool has_region;
};

static struct place place_of(struct np_arena *a, struct np_str dir)
{
    return (struct place){
        .master = np_str_printf(a, "%.*s/master.key", NP_FMT(dir)),
        .ring = np_str_printf(a, "%.*s/keyring", NP_FMT(dir)),
        .has_region = np_datadir_has_region(dir),
    };
}

static void wipe(struct np_str secret)
{
    np_wipe((void *)(uintptr_t)secret.p, secret.n);
}

/* --- the master key --- */

static bool parse_master(struct np_str text, struct keys *k)
{
    k->is_root = text.n == sizeof(k->master);
    if (k->is_root) {
        memcpy(k->master, text.p, sizeof(k->master));
        return true;
    }
    struct np_str line = np_str_trim(text);
    struct np_str digits = np_str_sub(line, strlen(MASTER_HEAD), line.n);
    return np_str_starts(line, NP_STR(MASTER_HEAD)) && digits.n == 2 * sizeof(k->master) &&
           np_unhex(k->master, digits);
}

/* NP_ENOENT: there is none. */
static int read_master(struct np_arena *a, const struct place *p, struct keys *k,
                       struct np_err *err)
{
    struct np_str text;
    int rc = np_file_read(a, p->master, MASTER_MAX, &text, err);
    if (rc == 0 && !parse_master(text, k))
        rc = np_err(err, NP_ECORRUPT, "%.*s holds no master key: bring back the right file",
                    NP_FMT(p->master));
    if (rc == 0)
        wipe(text);
    return rc;
}

static struct np_file_new new_master(struct np_arena *a, const struct place *p,
                                     const struct keys *k)
{
    struct np_str digits = np_hex_str(a, np_str_n(k->master, sizeof(k->master)));
    struct np_str text = np_str_printf(a, MASTER_HEAD "%.*s\n", NP_FMT(digits));
    wipe(digits);
    return (struct np_file_new){p->master, text, 0600};
}

/* --- the keyring --- */

static struct np_str seal(struct np_arena *a, const uint8_t master[NP_AEAD_KEY],
                          const uint8_t root[NP_ROOT_KEY])
{
    uint8_t sealed[SEALED];
    struct np_aead *c = np_aead_new(master);
    np_random(sealed, NP_AEAD_NONCE);
    np_aead_seal(c, sealed, NP_STR(RING_HEAD), root, NP_ROOT_KEY, sealed + NP_AEAD_NONCE);
    np_aead_free(c);
    return np_hex_str(a, np_str_n(sealed, sizeof(sealed)));
}

static bool unseal(struct np_str line, struct keys *k)
{
    uint8_t sealed[SEALED];
    if (line.n != 2 * sizeof(sealed) || !np_unhex(sealed, line))
        return false;
    struct np_aead *c = np_aead_new(k->master);
    bool ok = np_aead_open(c, sealed, NP_STR(RING_HEAD), sealed + NP_AEAD_NONCE,
                           sizeof(sealed) - NP_AEAD_NONCE, k->root);
    np_aead_free(c);
    return ok;
}

static struct np_file_new new_ring(struct np_arena *a, const struct place *p, struct np_str lines)
{
    return (struct np_file_new){p->ring, np_str_printf(a, RING_HEAD "\n%.*s\n", NP_FMT(lines)),
                                0600};
}

static int open_ring(const struct place *p, struct np_str text, struct keys *k, struct np_str *mine,
                     bool *others, struct np_err *err)
{
    struct np_str line;
    if (!np_str_split(&text, '\n', &line) || !np_str_is(line, RING_HEAD))
        return np_err(err, NP_ECORRUPT, "%.*s is no keyring of this version: bring back the file",
                      NP_FMT(p->ring));
    while (np_str_split(&text, '\n', &line)) {
        if (mine->p == NULL && unseal(line, k))
            *mine = line;
        else if (line.n != 0)
            *others = true;
    }
    if (mine->p != NULL)
        return 0;
    return np_err(err, NP_EACCES,
                  "the master key in %.*s does not open the keyring beside it: bring back the two "
                  "files that belong together",
                  NP_FMT(p->master));
}

/* --- both --- */

static int without_ring(struct np_arena *a, const struct place *p, struct keys *k, bool has_master,
                        struct np_file_new *fresh, size_t *n, struct np_err *err)
{
    if (p->has_region && !has_master)
        return np_err(err, NP_ENOENT,
                      "%.*s, the master key without which no stored secret can be read, is not "
                      "there: bring it back",
                      NP_FMT(p->master));
    if (p->has_region && !k->is_root)
        return np_err(err, NP_ENOENT,
                      "%.*s, which the master key opens, is not there: bring it back",
                      NP_FMT(p->ring));
    if (!has_master) {
        np_random(k->master, sizeof(k->master));
        k->is_root = false;
        fresh[(*n)++] = new_master(a, p, k);
    }
    if (k->is_root)
        memcpy(k->root, k->master, sizeof(k->root));
    else
        np_random(k->root, sizeof(k->root));
    fresh[(*n)++] = new_ring(a, p, seal(a, k->master, k->root));
    return 0;
}

static int load(struct np_arena *a, const struct place *p, struct keys *k,
                struct np_file_new *fresh, size_t *n, struct np_err *err)
{
    struct np_str text, mine = NP_STR_NULL;
    bool others = false;
    int ring_rc = np_file_read(a, p->ring, RING_MAX, &text, err);
    if (ring_rc != 0 && ring_rc != NP_ENOENT)
        return ring_rc;
    int rc = read_master(a, p, k, err);
    if (rc != 0 && rc != NP_ENOENT)
        return rc;
    if (ring_rc == NP_ENOENT)
        return without_ring(a, p, k, rc == 0, fresh, n, err);
    if (rc == NP_ENOENT)
        return np_err(err, rc,
                      "%.*s, the master key that opens the keyring beside it, is not there: bring "
                      "it back",
                      NP_FMT(p->master));
    rc = open_ring(p, text, k, &mine, &others, err);
    if (rc == 0 && others)
        fresh[(*n)++] = new_ring(a, p, mine); /* a change was cut short */
    return rc;
}

int np_keyring_open(struct np_arena *a, struct np_str dir, uint8_t root[NP_ROOT_KEY],
                    struct np_file_new *fresh, size_t *n_fresh, struct np_err *err)
{
    struct place p = place_of(a, dir);
    struct np_err why = {0}; /* absent files write an error that is none */
    struct keys k;
    int rc = load(a, &p, &k, fresh, n_fresh, &why);
    if (rc == 0)
        memcpy(root, k.root, NP_ROOT_KEY);
    np_wipe(&k, sizeof(k));
    return rc != 0 ? np_err(err, rc, "%.*s", NP_FMT(np_err_text(&why))) : 0;
}

/* Both open the keyring, then the new one gets its place, then the old one opens nothing. */
static int change(struct np_arena *a, const struct place *p, struct keys *k, struct np_err *err)
{
    struct np_str old = seal(a, k->master, k->root);
    np_random(k->master, sizeof(k->master));
    struct np_str now = seal(a, k->master, k->root);
    struct np_file_new master = new_master(a, p, k);
    struct np_file_new both =
        new_ring(a, p, np_str_printf(a, "%.*s\n%.*s", NP_FMT(old), NP_FMT(now)));
    struct np_file_new last = new_ring(a, p, now);
    int rc = np_files_write(&both, 1, err);
    if (rc == 0)
        rc = np_files_write(&master, 1, err);
    if (rc == 0)
        rc = np_files_write(&last, 1, err);
    wipe(master.bytes);
    return rc;
}

int np_keyring_rotate(struct np_str dir, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct place p = place_of(a, dir);
    struct np_file_new fresh[NP_KEYRING_NEW];
    struct np_err why = {0};
    struct keys k;
    size_t n = 0;
    int rc = load(a, &p, &k, fresh, &n, &why);
    if (rc == 0 && n != 0)
        rc = np_files_write(fresh, n, &why);
    if (rc == 0)
        rc = change(a, &p, &k, &why);
    np_wipe(&k, sizeof(k));
    return rc != 0 ? np_err(err, rc, "%.*s", NP_FMT(np_err_text(&why))) : 0;
}
