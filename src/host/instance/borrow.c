/* SPDX-License-Identifier: Apache-2.0 */
/* borrow.c - children by clone(2), on a stack of their own. */
#include "host/instance/borrow.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

#include "base/arena.h"

#define STACK_BYTES (256 * 1024) /* so much is mapped, and not touched before it is used */

/* ThreadSanitizer's clone() has the child read the stack of a caller that has gone on by then. */
extern int __clone(int (*fn)(void *arg), void *stack, int flags, void *arg, ...);

int np_borrow(struct np_borrower *b, int (*fn)(void *arg), int flags, void *arg)
{
    char *stack = b->stack = np_heap_alloc(STACK_BYTES);
    b->pid = __clone(fn, stack + STACK_BYTES, CLONE_VM | SIGCHLD | flags, arg);
    int why = errno;
    if (b->pid >= 0)
        return 0;
    np_borrow_end(b);
    return why;
}

void np_borrow_end(struct np_borrower *b)
{
    np_free(b->stack);
}
