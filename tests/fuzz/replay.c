/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - a fuzz target without libFuzzer: runs it on every file of the directories named, on
 * every prefix of them, and with bytes changed one at a time. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define CHANGES_MAX    2000 /* prefixes and changed bytes of one file */

/* A copy of its own for each run, so that ASan sees a read past the end. */
static void run(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n != 0 ? n : 1);
    np_assert(copy != NULL);
    memcpy(copy, p, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void run_variants(uint8_t *p, size_t n)
{
    static const uint8_t changes[] = {0x01, 0x20, 0x80, 0xff};
    size_t step = n / CHANGES_MAX + 1;
    run(p, n);
    for (size_t i = 0; i < n; i += step) {
        run(p, i);
        for (size_t k = 0; k < sizeof(changes); k++) {
            p[i] ^= changes[k];
            run(p, n);
            p[i] ^= changes[k];
        }
    }
}

static void run_file(const char *dir, const char *name, uint8_t *room)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    np_assert(f != NULL);
    size_t n = fread(room, 1, FILE_MAX_BYTES, f);
    fclose(f);
    run_variants(room, n);
}

int main(int argc, char **argv)
{
    size_t files = 0;
    uint8_t *room = malloc(FILE_MAX_BYTES);
    np_assert(room != NULL);
    for (int i = 1; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        np_assert(d != NULL);
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            if (e->d_name[0] == '.')
                continue;
            run_file(argv[i], e->d_name, room);
            files++;
        }
        closedir(d);
    }
    free(room);
    printf("%zu files\n", files);
    return files != 0 ? 0 : 1;
}
