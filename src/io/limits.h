/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - the maximum of what a peer can make grow in src/io. */
#pragma once

/* What a client may send until its handshake is done. Its hello is a few KiB; one read may take
 * some of what follows it, too. */
#define NP_TLS_HANDSHAKE_MAX ((size_t)64 * 1024)
