/* SPDX-License-Identifier: Apache-2.0 */
/* rootkeys.c - the credentials file of the root keys. */
#include "daemon/rootkeys.h"

#include "base/auto.h"
#include "io/file.h"

#define FILE_MAX_BYTES (4 << 20)

static struct np_str path_of(struct np_arena *a, struct np_str dir)
{
    return np_str_printf(a, "%.*s/root-keys", NP_FMT(dir));
}

/* Takes the next profile off *rest. */
static bool next_key(struct np_str *rest, struct np_rootkey *out)
{
    struct np_str line, name, value;
    *out = (struct np_rootkey){0};
    while (rest->n != 0 && (out->account.p == NULL || rest->p[0] != '[') &&
           np_str_split(rest, '\n', &line)) {
        line = np_str_trim(line);
        if (line.n > 2 && line.p[0] == '[')
            out->account = np_str_sub(line, 1, line.n - 2);
        if (!np_str_cut(line, '=', &name, &value))
            continue;
        if (np_str_is(np_str_trim(name), "aws_access_key_id"))
            out->id = np_str_trim(value);
        else if (np_str_is(np_str_trim(name), "aws_secret_access_key"))
            out->secret = np_str_trim(value);
    }
    return out->account.p != NULL;
}

int np_rootkey_find(struct np_str dir, struct np_str account, struct np_arena *a,
                    struct np_rootkey *out, struct np_err *err)
{
    struct np_str text;
    int rc = np_file_read(a, path_of(a, dir), FILE_MAX_BYTES, &text, err);
    while (rc == 0 && next_key(&text, out))
        if ((account.p == NULL || np_str_eq(account, out->account)) && out->id.n != 0 &&
            out->secret.n != 0)
            return 0;
    return rc != 0
               ? rc
               : np_err(err, NP_ENOENT, "no root key is kept for account %.*s", NP_FMT(account));
}

static void put_key(struct np_buf *b, const struct np_rootkey *k)
{
    np_buf_printf(b, "[%.*s]\naws_access_key_id = %.*s\naws_secret_access_key = %.*s\n",
                  NP_FMT(k->account), NP_FMT(k->id), NP_FMT(k->secret));
}

int np_rootkey_put(struct np_str dir, const struct np_rootkey *k, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = NP_STR("");
    struct np_rootkey old;
    struct np_buf b;
    bool done = false;
    int rc = np_file_read(a, path_of(a, dir), FILE_MAX_BYTES, &text, err);
    if (rc != 0 && rc != NP_ENOENT)
        return rc;
    np_buf_init(&b, a, FILE_MAX_BYTES);
    np_buf_lit(&b, "# Root keys of the region's accounts, as an AWS credentials file.\n");
    while (next_key(&text, &old)) {
        bool same = np_str_eq(old.account, k->account);
        put_key(&b, same ? k : &old);
        done = done || same;
    }
    if (!done)
        put_key(&b, k);
    return np_file_write(path_of(a, dir), np_buf_str(&b), 0600, err);
}
