/* SPDX-License-Identifier: Apache-2.0 */
/* talk.h - a program of this host speaks with an instance's init: the control door (packets, see
 * guest/control.h) over an upgraded HTTP connection, each packet behind its length (4 bytes, in
 * network order).
 *
 * Threads: exchanges on any loop; the door is opened on the engine's.
 */
#pragma once

#include "http/server.h"

struct np_compute;

#define NP_TALK_UPGRADE "nephele-talk"
#define NP_TALKS_MAX    64 /* on a loop */

/* Handlers for np_http_hand() of such a request, whose sender is known and may; the arg lives until
 * its `request` has been called, within that call. */
struct np_talk_to {
    struct np_compute *compute;
    struct np_str id;
};
extern const struct np_http_handlers np_talk_handlers;
