/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - images that everybody may start: those of the table (images.conf, or the
 * operator's <data>/images/catalogue) and those that were imported, which no row knows.
 *
 * Read by a job at the start and when `nephele image` says so; a new table takes the old one's
 * place whole. Threads: ec2_image_table() on any loop, valid until the callback returns; the rest
 * on loop 0. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "engines/image/image.h"

struct np_core;

#define EC2_TABLE_BYTES_MAX (256 * 1024)
#define EC2_TABLE_ROWS_MAX  512
#define EC2_TABLE_RUNS_MAX  8

struct ec2_table_row {
    struct np_str words; /* "al2023 x86_64"; of an imported one "import NAME" */
    struct np_str name, owner, alias, user, device, what, arch;
    struct np_str imds; /* "v2.0": instances ask for tokens; empty: they need not */
    int64_t gib, created_ms, deprecated_ms; /* deprecated 0: never */
    struct np_str runs[EC2_TABLE_RUNS_MAX];
    size_t n_runs;
    /* Found when the table was made whole. */
    struct np_str folder; /* the first of `runs` that is there; empty: none is */
    struct np_str really; /* what that is: "Debian GNU/Linux 12 (bookworm), this host's own /usr" */
    bool can_run;         /* its programs are of this host's kind */
};

struct ec2_image_table {
    struct np_arena *arena;
    struct ec2_table_row *v;
    size_t n;
    const struct np_image *images; /* imported ones */
    size_t n_images;
};

/* Reads a table's text. NP_EINVAL: names the line. */
int ec2_images_parse(struct np_str text, struct np_arena *a, struct ec2_table_row **out, size_t *n,
                     struct np_err *err);
/* With what is imported: a table of its own arena. account: whose imported images are. Blocks not.
 */
struct ec2_image_table *ec2_images_make(const struct ec2_table_row *rows, size_t n,
                                        const struct np_image *images, size_t n_images,
                                        struct np_str host_os, struct np_str account);
void ec2_images_free(void *table);

struct np_str ec2_images_id(struct np_arena *a, struct np_str region, struct np_str words);

const struct ec2_image_table *ec2_image_table(const struct np_core *core);
/* Registers the page by which `nephele image` tells; the first table is there when this returns. */
int ec2_images_init(struct np_core *core, struct np_err *err);
void ec2_images_fini(struct np_core *core);
