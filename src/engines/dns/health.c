/* SPDX-License-Identifier: Apache-2.0 */
/* health.c - a flag for each health check: found under a lock, read without one. */
#include "engines/dns/zone.h"

#include "base/arena.h"
#include "base/assert.h"

void dns_flags_init(struct dns_flags *f)
{
    pthread_mutex_init(&f->lock, NULL);
    f->by_id = np_map_new();
}

void dns_flags_fini(struct dns_flags *f)
{
    /* The thread that frees what was retired may have held it last. */
    pthread_mutex_lock(&f->lock);
    np_map_free(f->by_id, np_free);
    pthread_mutex_unlock(&f->lock);
    pthread_mutex_destroy(&f->lock);
}

static struct dns_health *get_or_make(struct dns_flags *f, struct np_str id)
{
    struct dns_health *flag = np_map_get(f->by_id, id);
    if (flag != NULL)
        return flag;
    char *bytes = np_heap_alloc(sizeof(*flag) + id.n);
    flag = (struct dns_health *)(void *)bytes;
    memcpy(bytes + sizeof(*flag), id.p, id.n);
    flag->of = f;
    flag->id = np_str_n(bytes + sizeof(*flag), id.n);
    np_map_put(f->by_id, flag->id, flag);
    return flag;
}

/* One that nobody looks at and that says what is said of unknown ones. */
static void forget_if_idle(struct dns_flags *f, struct dns_health *flag)
{
    if (flag->refs != 0 || flag->sick)
        return;
    np_map_del(f->by_id, flag->id);
    np_free(flag);
}

struct dns_health *dns_flag_take(struct dns_flags *f, struct np_str id)
{
    pthread_mutex_lock(&f->lock);
    struct dns_health *flag = get_or_make(f, id);
    flag->refs++;
    pthread_mutex_unlock(&f->lock);
    return flag;
}

void dns_flag_again(struct dns_health *flag)
{
    if (flag == NULL)
        return;
    pthread_mutex_lock(&flag->of->lock);
    flag->refs++;
    pthread_mutex_unlock(&flag->of->lock);
}

void dns_flag_give(struct dns_health *flag)
{
    if (flag == NULL)
        return;
    struct dns_flags *f = flag->of;
    pthread_mutex_lock(&f->lock);
    np_assert(flag->refs > 0);
    flag->refs--;
    forget_if_idle(f, flag);
    pthread_mutex_unlock(&f->lock);
}

void dns_flag_set(struct dns_flags *f, struct np_str id, bool sick)
{
    pthread_mutex_lock(&f->lock);
    struct dns_health *flag = sick ? get_or_make(f, id) : np_map_get(f->by_id, id);
    if (flag != NULL) {
        __atomic_store_n(&flag->sick, sick, __ATOMIC_RELAXED);
        forget_if_idle(f, flag);
    }
    pthread_mutex_unlock(&f->lock);
}

void np_dns_health_set(struct np_dns *d, struct np_str health_check, bool healthy)
{
    dns_flag_set(&d->flags, health_check, !healthy);
}
