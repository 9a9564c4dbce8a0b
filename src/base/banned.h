/* SPDX-License-Identifier: Apache-2.0 */
/* banned.h - calls that are errors here; included on every compiler command line. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strtok atoi atol sscanf localtime rand sleep system
