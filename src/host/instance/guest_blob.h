/* SPDX-License-Identifier: Apache-2.0 */
/* guest_blob.h - the guest's init (src/guest), a static program that this one carries. */
#pragma once

#include "base/str.h"

struct np_str np_guest_blob(void);
