/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive.c - libarchive by dlopen(). */
#include "engines/image/libarchive.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static struct np_libarchive lib;
static const char *missing;

static const struct {
    const char *name;
    size_t offset;
} calls[] = {
#define NP_LIBARCHIVE_CALL(name) {#name, offsetof(struct np_libarchive, name)},
    NP_LIBARCHIVE_CALLS(NP_LIBARCHIVE_CALL)
#undef NP_LIBARCHIVE_CALL
};

static void load(void)
{
    void *handle = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    missing = handle == NULL ? "libarchive.so.13" : NULL;
    for (size_t i = 0; missing == NULL && i < sizeof(calls) / sizeof(*calls); i++) {
        void *call = dlsym(handle, calls[i].name);
        missing = call == NULL ? calls[i].name : NULL;
        memcpy((char *)&lib + calls[i].offset, &call, sizeof(call));
    }
}

const struct np_libarchive *np_libarchive(struct np_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (missing == NULL)
        return &lib;
    np_err(err, NP_ENOTSUP, "archives are read by libarchive, and %s is missing", missing);
    return NULL;
}
