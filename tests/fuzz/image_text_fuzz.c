/* SPDX-License-Identifier: Apache-2.0 */
/* image_text_fuzz.c - texts of images: os-release of a foreign root, and what was written of one.
 */
#include "fuzz.h"

#include "engines/image/image_int.h"

NP_FUZZ(p, n)
{
    struct np_str text = np_str_n(p, n);
    struct np_image i = {.name = NP_STR("x")};
    struct np_str v = image_os_value(text, NP_STR("PRETTY_NAME"));
    np_assert(v.n <= n && np_str_chr(v, '\n') < 0);
    np_assert(image_user_of(image_os_value(text, NP_STR("ID"))).n > 0);
    image_parse_meta(text, &i);
    np_assert(i.os.n <= n && i.user.n <= n);
    np_image_name_ok(text);
    return 0;
}
