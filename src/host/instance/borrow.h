/* SPDX-License-Identifier: Apache-2.0 */
/* borrow.h - a child in the memory of who starts it: nothing is copied for one that only calls the
 * kernel, or is about to become another program. It must change nothing there, and not return while
 * its starter changes what it reads.
 */
#pragma once

#include <sys/types.h>

/* Of such a child's functions: the sanitizers know nothing of a second process in their memory. */
#define NP_BORROWER __attribute__((no_sanitize_address, no_sanitize_thread))

struct np_borrower {
    pid_t pid;
    void *stack;
};

/* `flags` of clone(2) beside CLONE_VM; with CLONE_VFORK it returns when the child has ended or is
 * another program. 0, or errno. */
int np_borrow(struct np_borrower *b, int (*fn)(void *arg), int flags, void *arg);
void np_borrow_end(struct np_borrower *b); /* when the child has left the memory */
