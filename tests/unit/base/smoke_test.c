/* SPDX-License-Identifier: Apache-2.0 */
/* smoke_test.c - the runner itself. */
#include "test.h"

NP_TEST(literals_have_their_length)
{
    NP_CHECK(NP_STR("abc").n == 3);
}
