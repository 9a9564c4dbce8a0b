/* SPDX-License-Identifier: Apache-2.0 */
/* image_unpack_fuzz.c - the first byte says how, the rest is an archive: unpacked below a root, and
 * nothing may be made beside it. */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/image/unpack.h"

static size_t count(int dir)
{
    size_t n = 0;
    DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    np_assert(d != NULL);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

NP_FUZZ(p, n)
{
    char dir[] = "/dev/shm/np-unpack-XXXXXX"; /* in memory: it is done many times */
    struct np_err err = {0};
    if (n == 0)
        return 0;
    np_assert(mkdtemp(dir) != NULL);
    NP_AUTO_FD above = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    np_assert(mkdirat(above, "root", 0700) == 0);
    NP_AUTO_FD root = openat(above, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct np_unpack u = {.root = root, .mode = p[0] % 3};
    int rc = np_unpack_memory(&u, np_str_n(p + 1, n - 1), &err);
    np_assert(rc <= 0 && (rc == 0 || err.n != 0));
    np_assert(count(above) == 3); /* ".", "..", "root" */
    np_assert(np_unpack_remove(above, "root") == 0);
    np_assert(rmdir(dir) == 0);
    return 0;
}
