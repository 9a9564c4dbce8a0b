/* SPDX-License-Identifier: Apache-2.0 */
/* control.h - what is said by the control door of an instance: between who has opened it by the
 * agent and the guest's init. Only constants and a head: both sides write their bytes by this.
 *
 * The door is a connection of whole messages (SOCK_SEQPACKET), NP_GUEST_MESSAGE_MAX bytes at most;
 * no descriptors. A connection is one conversation: the first message of the client says which.
 * Messages of the guest are foreign bytes: a guest is its user's.
 *
 *   PING        → PONG                        the instance check
 *   STATUS      → STATUS                      a text of lines "key=value", see below
 *   SHUTDOWN    → DONE, then the guest ends   body: one byte, enum np_guest_end
 *   EXEC        → STARTED or FAILED (a text), then both ways until EXIT:
 *                 client: INPUT, INPUT_END, RESIZE, SIGNAL; guest: OUTPUT, ERRORS, EXIT.
 *                 The client's hanging up sends SIGHUP to the program's session.
 *
 * Body of EXEC: struct np_guest_exec, then user, folder (empty: the user's home), argv… and
 * "NAME=value"… of the environment, each ended by a NUL byte. User: name or number, empty: root.
 * Without argv a login shell of the user.
 * Status lines: boot (seconds of the guest's uptime at its first line), phase (boot, userdata,
 * done), userdata (none, running, ok, failed), exit (of the first part that failed), part (its
 * name), reason, hostname, sshd (0 or 1).
 */
#pragma once

#include <stdint.h>

#define NP_GUEST_VERSION     1
#define NP_GUEST_MESSAGE_MAX 65536
#define NP_GUEST_DATA_MAX    32768 /* bytes of INPUT, OUTPUT and ERRORS in a message */
#define NP_GUEST_ARGS_MAX    1024  /* texts in EXEC */
#define NP_GUEST_TALKS_MAX   64    /* conversations at a time; over it the newest is closed */

enum np_guest_message {
    NP_GUEST_PING = 1,
    NP_GUEST_PONG,
    NP_GUEST_STATUS,
    NP_GUEST_SHUTDOWN,
    NP_GUEST_DONE,
    NP_GUEST_EXEC,
    NP_GUEST_STARTED, /* body: uint32_t pid in the guest */
    NP_GUEST_FAILED,
    NP_GUEST_INPUT,
    NP_GUEST_INPUT_END,
    NP_GUEST_RESIZE, /* body: uint16_t rows, columns */
    NP_GUEST_SIGNAL, /* body: uint32_t number */
    NP_GUEST_OUTPUT,
    NP_GUEST_ERRORS,
    NP_GUEST_EXIT, /* body: uint32_t, a status of wait(2) */
};

enum np_guest_end { NP_GUEST_POWEROFF, NP_GUEST_REBOOT };

struct np_guest_head {
    uint8_t version; /* NP_GUEST_VERSION */
    uint8_t type;
    uint16_t reserved; /* 0 */
};

struct np_guest_exec {
    uint8_t tty; /* 1: a terminal; OUTPUT alone */
    uint8_t reserved;
    uint16_t rows, columns;
    uint16_t n_argv, n_env;
};
