/* SPDX-License-Identifier: Apache-2.0 */
/* udpsessions.c - sessions by key and by age. */
#include "engines/vnet/udpsessions.h"

#include "engines/vnet/limits.h"

static struct vnet_udp_session *idlest(const struct vnet_udp_sessions *all)
{
    return NP_CONTAINER(all->by_age.next, struct vnet_udp_session, node);
}

static void on_idle(struct np_timer *t)
{
    struct vnet_udp_sessions *all = NP_CONTAINER(t, struct vnet_udp_sessions, idle);
    uint64_t now = np_now_ms(all->loop);
    while (!np_list_empty(&all->by_age) && now - idlest(all)->since_ms >= NP_RELAY_UDP_IDLE_MS)
        all->end(idlest(all));
    if (!np_list_empty(&all->by_age))
        np_timer_set(all->loop, t, NP_RELAY_UDP_IDLE_MS / 4, on_idle);
}

void vnet_udp_sessions_begin(struct vnet_udp_sessions *all, struct np_loop *l,
                             void (*end)(struct vnet_udp_session *s))
{
    *all = (struct vnet_udp_sessions){.loop = l, .end = end, .by_key = np_map_new()};
    np_list_init(&all->by_age);
}

void vnet_udp_sessions_end(struct vnet_udp_sessions *all)
{
    np_timer_stop(&all->idle);
    while (!np_list_empty(&all->by_age))
        all->end(idlest(all));
    np_map_free(all->by_key, NULL);
    all->by_key = NULL;
}

void *vnet_udp_session_find(const struct vnet_udp_sessions *all, struct np_str key)
{
    return all->by_key != NULL ? np_map_get(all->by_key, key) : NULL;
}

void vnet_udp_session_add(struct vnet_udp_sessions *all, struct vnet_udp_session *s,
                          struct np_str key)
{
    if (all->n >= NP_RELAY_SESSIONS_MAX)
        all->end(idlest(all));
    s->all = all;
    s->key = key;
    np_list_append(&all->by_age, &s->node);
    np_map_put(all->by_key, key, s);
    all->n++;
}

void vnet_udp_session_used(struct vnet_udp_session *s)
{
    struct vnet_udp_sessions *all = s->all;
    s->since_ms = np_now_ms(all->loop);
    np_list_remove(&s->node);
    np_list_append(&all->by_age, &s->node);
    if (all->idle.loop == NULL)
        np_timer_set(all->loop, &all->idle, NP_RELAY_UDP_IDLE_MS, on_idle);
}

void vnet_udp_session_remove(struct vnet_udp_session *s)
{
    np_list_remove(&s->node);
    np_map_del(s->all->by_key, s->key);
    s->all->n--;
}
