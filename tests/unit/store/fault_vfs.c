/* SPDX-License-Identifier: Apache-2.0 */
/* fault_vfs.c - see fault_vfs.h. */
#include "store/fault_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

struct shim {
    sqlite3_file base;
    bool main_file;
    sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs *under, over;
static struct {
    _Atomic int what, left, rc, hits;
    _Atomic bool stays;
} fault;

void fault_set(enum fault_what what, int nth, int rc, bool stays)
{
    fault.what = FAULT_NONE;
    fault.left = nth;
    fault.rc = rc;
    fault.stays = stays;
    fault.hits = 0;
    fault.what = (int)what;
}

int fault_hits(void)
{
    return fault.hits;
}

static int verdict(const struct shim *f)
{
    int what = fault.what;
    if (what == FAULT_NONE || (what == FAULT_MAIN_FILE && !f->main_file))
        return SQLITE_OK;
    int left = atomic_fetch_sub(&fault.left, 1);
    if (left > 1 || (left < 1 && !fault.stays))
        return SQLITE_OK;
    atomic_fetch_add(&fault.hits, 1);
    return fault.rc;
}

#define REAL(f)         (((struct shim *)(f))->real)
#define CALL(f, m, ...) REAL(f)->pMethods->m(REAL(f), __VA_ARGS__)
#define CALL0(f, m)     REAL(f)->pMethods->m(REAL(f))

static int x_close(sqlite3_file *f)
{
    return CALL0(f, xClose);
}
static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return CALL(f, xRead, p, n, at);
}
static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    int rc = verdict((struct shim *)f);
    if (rc == SQLITE_OK)
        return CALL(f, xWrite, p, n, at);
    CALL(f, xWrite, p, n / 2, at); /* half of it arrived */
    return rc;
}
static int x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return CALL(f, xTruncate, n);
}
static int x_sync(sqlite3_file *f, int flags)
{
    int rc = verdict((struct shim *)f);
    return rc == SQLITE_IOERR_WRITE ? SQLITE_IOERR_FSYNC : rc;
}
static int x_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return CALL(f, xFileSize, n);
}
static int x_lock(sqlite3_file *f, int how)
{
    return CALL(f, xLock, how);
}
static int x_unlock(sqlite3_file *f, int how)
{
    return CALL(f, xUnlock, how);
}
static int x_reserved(sqlite3_file *f, int *out)
{
    return CALL(f, xCheckReservedLock, out);
}
static int x_control(sqlite3_file *f, int op, void *arg)
{
    return CALL(f, xFileControl, op, arg);
}
static int x_sector(sqlite3_file *f)
{
    return CALL0(f, xSectorSize);
}
static int x_device(sqlite3_file *f)
{
    return CALL0(f, xDeviceCharacteristics);
}
static int x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return CALL(f, xShmMap, page, size, extend, out);
}
static int x_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return CALL(f, xShmLock, at, n, flags);
}
static void x_shm_barrier(sqlite3_file *f)
{
    CALL0(f, xShmBarrier);
}
static int x_shm_unmap(sqlite3_file *f, int gone)
{
    return CALL(f, xShmUnmap, gone);
}
static int x_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **out)
{
    return CALL(f, xFetch, at, n, out);
}
static int x_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p)
{
    return CALL(f, xUnfetch, at, p);
}

static const sqlite3_io_methods methods = {
    3,          x_close,       x_read,      x_write,   x_truncate, x_sync,   x_size,
    x_lock,     x_unlock,      x_reserved,  x_control, x_sector,   x_device, x_shm_map,
    x_shm_lock, x_shm_barrier, x_shm_unmap, x_fetch,   x_unfetch,
};

static int x_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    struct shim *f = (struct shim *)file;
    memset(f, 0, sizeof(*f));
    f->real = (sqlite3_file *)(f + 1);
    f->main_file = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    int rc = under->xOpen(under, name, f->real, flags, out_flags);
    f->base.pMethods = f->real->pMethods != NULL ? &methods : NULL;
    return rc;
}

void fault_install(void)
{
    under = sqlite3_vfs_find(NULL);
    over = *under;
    over.zName = "fault";
    over.szOsFile = (int)sizeof(struct shim) + under->szOsFile;
    over.xOpen = x_open;
    fault_set(FAULT_NONE, 0, 0, false);
    sqlite3_vfs_register(&over, 1);
}

void fault_remove(void)
{
    sqlite3_vfs_unregister(&over);
    sqlite3_vfs_register(under, 1);
}
