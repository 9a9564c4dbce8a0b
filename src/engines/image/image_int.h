/* SPDX-License-Identifier: Apache-2.0 */
/* image_int.h - what the files of the folder share. */
#pragma once

#include "engines/image/image.h"
#include "engines/image/limits.h"

#define IMAGE_HALF ".half-" /* begins the name of what is being made, or taken away */

struct np_str image_folder(struct np_arena *a, struct np_str data_dir);
/* A value of an os-release file, without its quotes; empty: it has none. */
struct np_str image_os_value(struct np_str os_release, struct np_str key);
/* Who is expected to log in to a system of that ID. */
struct np_str image_user_of(struct np_str id);
void image_parse_meta(struct np_str text, struct np_image *out);
int image_write_meta(struct np_str path, const struct np_image *i, struct np_err *err);
