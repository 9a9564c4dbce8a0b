/* SPDX-License-Identifier: Apache-2.0 */
/* guest_blob.c - its bytes, as tools/embed-file has put them. */
#include "host/instance/guest_blob.h"

extern const char np_guest_bytes[], np_guest_bytes_end[];

struct np_str np_guest_blob(void)
{
    return np_str_n(np_guest_bytes, (size_t)(np_guest_bytes_end - np_guest_bytes));
}
