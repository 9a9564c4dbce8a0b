/* SPDX-License-Identifier: Apache-2.0 */
/* banned.h - calls that are errors here; included on every compiler command line. */
#pragma once

/* Words that other libraries use as names of their own: only the calls are errors. Before the
 * headers, because the attribute belongs to the first declaration. */
#define NP_BANNED __attribute__((error("banned here, see base/banned.h")))
int rand(void) NP_BANNED;
int system(const char *command) NP_BANNED;
unsigned sleep(unsigned seconds) NP_BANNED;

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strtok atoi atol sscanf localtime
