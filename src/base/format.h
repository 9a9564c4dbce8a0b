/* SPDX-License-Identifier: Apache-2.0 */
/* format.h - formatted text of what clients chose.
 *
 * As vsnprintf, except that "%.*s" copies all of its bytes: libc ends at a NUL, and what comes
 * after it in a key would be lost where a name is made of it. Behind np_str_printf() and its kin.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Returns the length of the whole text, of which size - 1 bytes and a NUL are written. */
size_t np_vformat(char *out, size_t size, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));
