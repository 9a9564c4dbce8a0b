/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - intrusive doubly linked list; a head is a node that points at itself when empty. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/assert.h"

struct np_node {
    struct np_node *next, *prev;
};

static inline void np_list_init(struct np_node *head)
{
    head->next = head->prev = head;
}
static inline bool np_list_empty(const struct np_node *head)
{
    return head->next == head;
}
static inline void np_list_append(struct np_node *head, struct np_node *n)
{
    n->prev = head->prev;
    n->next = head;
    head->prev->next = n;
    head->prev = n;
}
static inline void np_list_prepend(struct np_node *head, struct np_node *n)
{
    np_list_append(head->next, n);
}
/* Removing twice is fine: a removed node points at itself. */
static inline void np_list_remove(struct np_node *n)
{
    if (n->next == NULL)
        return;
    n->prev->next = n->next;
    n->next->prev = n->prev;
    n->next = n->prev = n;
}
static inline struct np_node *np_list_pop(struct np_node *head)
{
    struct np_node *n = head->next;
    if (n == head)
        return NULL;
    np_list_remove(n);
    return n;
}
/* The body may remove `it`. */
#define NP_LIST_EACH(it, head)                                                                     \
    for (struct np_node *it = (head)->next, *it##_next = it->next; it != (head);                   \
         it = it##_next, it##_next = it->next)
