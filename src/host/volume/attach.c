/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - a volume as a device of an instance: bound, shown, grown, taken away.
 *
 * `attached` is written when the device is bound and goes when it is free again; `detach` in the
 * folder means that it is being taken away, also for the agent after this one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/digest.h"
#include "host/volume/volume_int.h"

#define LOOK_MS 50
#define PLACES  256

/* --- attaching --- */

static void touch(int dir, const char *name)
{
    NP_AUTO_FD fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    (void)fd;
}

struct attaching {
    struct np_volumes *v;
    int dir, key;
    np_volume_id id;
    struct np_volume_spec_ spec;
    struct np_volume_on on;
};

static int open_file(const struct attaching *t, struct np_err *err)
{
    if (t->spec.encrypted || np_volumes_views(t->v)) {
        int fd = -1, rc = np_volume_view_start(t->dir, t->key, &fd, err);
        return rc == 0 ? fd : rc;
    }
    int fd = openat(t->dir, "disk", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 ? fd : np_err_errno(err, errno, "cannot open the file of a volume");
}

struct freeing {
    struct np_volumes *v;
    int64_t loop;
};

static int free_it(void *arg, struct np_err *err)
{
    const struct freeing *f = arg;
    np_loopdev_free(f->v, f->loop); /* or it is tried again */
    return 0;
}

/* The kernel takes some ten ms to take a device away, for which the agent does not stand still. */
static bool let_loop_go(struct np_volumes *v, int dir, int64_t loop)
{
    struct freeing f = {v, loop};
    struct np_volume_work w = {.dir = dir, .lock = "free.lock", .fn = free_it, .arg = &f};
    if (np_loopdev_number(loop) != 0 && !np_loopdev_unbind(v, loop))
        return false;
    if (np_loopdev_number(loop) != 0 && v->loop != NULL &&
        (np_life_pid(dir, w.lock) != 0 || np_volume_work(v, &w, NULL) == 0))
        return false;
    return np_loopdev_free(v, loop);
}

/* True: nobody has it any more. A view, and the file system on it, end when they are closed. */
static bool let_go(struct np_volumes *v, int dir, const struct np_volume_on *on)
{
    if (on->loop >= 0)
        return let_loop_go(v, dir, on->loop);
    if (on->loop == NP_VOLUME_VIEW)
        np_volume_view_stop(dir);
    return np_life_pid(dir, NP_VOLUME_FS_LOCK) == 0 &&
           (on->loop != NP_VOLUME_VIEW || np_life_pid(dir, NP_VOLUME_VIEW_LOCK) == 0);
}

struct places {
    bool taken[PLACES];
};

static void take_place(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct places *p = arg;
    if (on->place < PLACES)
        p->taken[on->place] = true;
}

static bool is_root_device(const char *device)
{
    static const char *const roots[] = {"sda1", "xvda", "sda"};
    NP_EACH (root, roots)
        if (strcmp(device, *root) == 0)
            return true;
    return false;
}

/* 0 is the root's; the others get the lowest that is free. */
static int choose_place(struct attaching *t, struct np_err *err)
{
    struct places p = {0};
    if (is_root_device(t->on.device))
        return 0;
    np_volumes_of(t->v, t->on.instance, take_place, &p);
    t->on.place = 1;
    while (t->on.place < PLACES && p.taken[t->on.place])
        t->on.place++;
    return t->on.place < PLACES ? 0 : np_err(err, NP_E2BIG, "no more than %d volumes", PLACES - 1);
}

/* One child at a time: two that are attached at once to an instance get places of their own. */
static int write_down(struct attaching *t, struct np_err *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    NP_AUTO_FD one =
        openat(t->v->volumes, ".places", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (one < 0 || fcntl(one, F_OFD_SETLKW, &lock) != 0)
        return np_err_errno(err, errno, "cannot lock the places of volumes");
    int rc = choose_place(t, err);
    return rc == 0 ? np_volume_on_write(t->dir, &t->on, err) : rc;
}

static int bind_it(void *arg, struct np_err *err)
{
    struct attaching *t = arg;
    NP_AUTO_FD file = open_file(t, err);
    if (file < 0)
        return file;
    t->on.loop = NP_VOLUME_VIEW;
    int rc = np_volumes_views(t->v) ? 0 : np_loopdev_bind(t->v, file, t->id, &t->on.loop, err);
    if (rc != 0)
        return rc;
    rc = write_down(t, err);
    if (rc != 0)
        let_go(t->v, t->dir, &t->on);
    return rc;
}

static int check_key(const struct attaching *t, struct np_err *err)
{
    uint8_t key[NP_XTS_KEY], mark[NP_VOLUME_MARK];
    if (!t->spec.encrypted || (t->key < 0 && np_volume_view_pid(t->dir) != 0))
        return 0;
    int rc = np_volume_key(t->key, key, err);
    np_volume_mark_of(key, mark);
    np_wipe(key, sizeof(key));
    if (rc == 0 && memcmp(mark, t->spec.mark, sizeof(mark)) != 0)
        rc = np_err(err, NP_EINVAL, "that is not the volume's key");
    return rc;
}

/* What is left of a device that does not work any more. */
static void drop_dead(struct np_volumes *v, const char *id, int dir, const struct np_volume_on *on)
{
    np_volume_hide(v, id, on);
    np_volume_fs_kill(dir);
    let_go(v, dir, on);
    np_volume_view_stop(dir);
    unlinkat(dir, "attached", 0);
}

static bool works(const struct attaching *t, const struct np_volume_on *on)
{
    if (on->loop == NP_VOLUME_VIEW)
        return np_volumes_views(t->v) && np_volume_view_pid(t->dir) != 0;
    return on->loop < 0 ||
           (np_loopdev_number(on->loop) != 0 && np_loopdev_is(t->v, on->loop, t->id) &&
            (!t->spec.encrypted || np_volume_view_pid(t->dir) != 0));
}

/* 1: it is attached as it should be. */
static int already(struct attaching *t, struct np_err *err)
{
    struct np_volume_on on;
    if (!np_volume_on_read(t->dir, &on))
        return 0;
    if (np_volume_has(t->dir, "detach"))
        return np_err(err, NP_EBUSY, "%s is being detached", t->id);
    if (!works(t, &on)) {
        drop_dead(t->v, t->id, t->dir, &on);
        return 0;
    }
    if (strcmp(on.instance, t->on.instance) != 0 || strcmp(on.device, t->on.device) != 0)
        return np_err(err, NP_EBUSY, "%s is attached to %s", t->id, on.instance);
    if (!np_volume_has(t->dir, "shown"))
        np_volumes_look(t->v);
    return 1;
}

static int attach_folder(struct attaching *t, struct np_err *err)
{
    t->on.loop = -1;
    touch(t->dir, "shown");
    return np_volume_on_write(t->dir, &t->on, err);
}

/* Root volumes of a host without loop devices are folders, and folders are no devices. */
static int check_kind(const struct attaching *t, struct np_err *err)
{
    bool root = is_root_device(t->on.device);
    if (t->spec.folder && !root)
        return np_err(err, NP_ENOTSUP, "%s is a folder, which is no device but a root", t->id);
    if (root && !t->spec.folder && !np_volumes_loops(t->v))
        return np_err(err, NP_ENOTSUP, "%s cannot be a root volume on this host: %.*s", t->id,
                      NP_FMT(np_err_text(&t->v->no_loops)));
    return t->spec.folder || np_volumes_loops(t->v) || np_volumes_views(t->v)
               ? 0
               : np_err(err, NP_ENOTSUP, "%s cannot be attached on this host: %.*s", t->id,
                        NP_FMT(np_err_text(&t->v->no_views)));
}

static int start_attaching(struct attaching *t, struct np_err *err)
{
    if (np_life_pid(t->dir, NP_VOLUME_ATTACH) != 0)
        return 0; /* by an earlier call */
    if (np_life_pid(t->dir, NP_VOLUME_GROW) != 0)
        return np_err(err, NP_EBUSY, "%s is being grown", t->id);
    unlinkat(t->dir, "failed", 0);
    unlinkat(t->dir, "shown", 0);
    int rc = check_kind(t, err);
    if (rc == 0)
        rc = check_key(t, err);
    if (rc != 0)
        return rc;
    if (t->spec.folder)
        return attach_folder(t, err);
    struct np_volume_work w = {.dir = t->dir,
                               .lock = NP_VOLUME_ATTACH,
                               .fn = bind_it,
                               .arg = t,
                               .keep = {t->v->volumes},
                               .n_keep = 1};
    if (t->key >= 0)
        w.keep[w.n_keep++] = t->key;
    return np_volume_work(t->v, &w, err);
}

int np_volume_attach(struct np_volumes *v, const struct agent_AttachVolumeRequest *rq, int key,
                     struct np_arena *a, struct agent_VolumeState *out, struct np_err *err)
{
    struct attaching t = {.v = v, .key = key};
    if (!np_life_id_ok(rq->Volume, t.id) || !np_life_id_ok(rq->Instance, t.on.instance) ||
        !np_life_id_ok(rq->Device, t.on.device))
        return np_err(err, NP_EINVAL, "no volume, instance and device of those names can be");
    NP_AUTO_FD dir = np_volume_open(v->volumes, t.id, "");
    t.dir = dir;
    if (dir < 0 || np_volume_spec_read(dir, &t.spec) != 0)
        return np_err(err, NP_ENOENT, "there is no volume %s", t.id);
    int rc = already(&t, err);
    if (rc == 0)
        rc = start_attaching(&t, err);
    if (rc < 0)
        return rc;
    np_volume_describe(v, false, t.id, a, out);
    return 0;
}

int np_volume_root_ready(void *arg, struct np_str id, struct np_str instance, struct np_err *err)
{
    struct np_volumes *v = arg;
    np_volume_id z;
    struct np_volume_on on;
    NP_AUTO_FD dir = np_life_id_ok(id, z) ? np_volume_open(v->volumes, z, "") : -1;
    if (dir < 0 || !np_volume_on_read(dir, &on) || np_volume_has(dir, "detach"))
        return np_err(err, NP_EAGAIN, "its root volume is not attached yet");
    if (!np_str_eq(instance, np_str_of(on.instance)))
        return np_err(err, NP_EBUSY, "its root volume is attached to %s", on.instance);
    return on.loop == -1 || (on.loop >= 0 && np_loopdev_number(on.loop) != 0)
               ? 0
               : np_err(err, NP_EAGAIN, "the device of its root volume is gone");
}

/* --- growing --- */

struct growing {
    struct np_volumes *v;
    int dir;
    struct np_volume_spec_ spec;
    struct np_volume_on on;
    bool attached;
};

static int grow_it(void *arg, struct np_err *err)
{
    struct growing *g = arg;
    struct statx st;
    NP_AUTO_FD disk = openat(g->dir, "disk", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (disk < 0 || ftruncate(disk, (off_t)g->spec.size_mib << 20) != 0 || fsync(disk) != 0)
        return np_err_errno(err, errno, "cannot grow the volume");
    if (g->attached) {
        if (g->spec.encrypted || g->on.loop == NP_VOLUME_VIEW)
            statx(g->dir, "view", AT_STATX_FORCE_SYNC, STATX_SIZE,
                  &st); /* so that the kernel sees it */
        if (g->on.loop == NP_VOLUME_VIEW)
            return np_volume_spec_write(g->dir, &g->spec, err);
        int rc = np_loopdev_resize(g->v, g->on.loop, err);
        if (rc != 0)
            return rc;
        np_volume_grow_mounted(g->v, g->on.loop);
    }
    return np_volume_spec_write(g->dir, &g->spec, err);
}

int np_volume_grow(struct np_volumes *v, const char *id, int dir, uint32_t size_mib,
                   struct np_err *err)
{
    struct growing g = {.v = v, .dir = dir};
    if (np_volume_spec_read(dir, &g.spec) != 0)
        return np_err(err, NP_ECORRUPT, "the description of %s cannot be read", id);
    if (size_mib < g.spec.size_mib)
        return np_err(err, NP_EINVAL, "%s has %u MiB already", id, g.spec.size_mib);
    if (size_mib == g.spec.size_mib || np_life_pid(dir, NP_VOLUME_GROW) != 0)
        return 0;
    if (np_life_pid(dir, NP_VOLUME_ATTACH) != 0)
        return np_err(err, NP_EBUSY, "%s is being attached", id);
    g.spec.size_mib = size_mib;
    if (g.spec.folder)
        return np_volume_spec_write(dir, &g.spec, err);
    g.attached = np_volume_on_read(dir, &g.on) && np_volume_dev(dir, &g.on) != 0;
    unlinkat(dir, "failed", 0);
    struct np_volume_work w = {.dir = dir, .lock = NP_VOLUME_GROW, .fn = grow_it, .arg = &g};
    return np_volume_work(v, &w, err);
}

/* --- detaching --- */

struct cutting {
    struct np_volumes *v;
    int dir;
    struct np_volume_on on;
    pid_t pid;
};

static int cut(void *arg, struct np_err *err)
{
    const struct cutting *c = arg;
    int rc = np_volume_cut(c->v, c->dir, &c->on, c->pid, err);
    if (c->on.loop == NP_VOLUME_VIEW)
        np_volume_fs_end(c->dir);
    return rc;
}

static void start_cutting(struct np_volumes *v, int dir, const struct np_volume_on *on)
{
    struct cutting c = {.v = v, .dir = dir, .on = *on};
    struct np_instance_guest g;
    if (v->find == NULL || !v->find(v->find_arg, on->instance, &g))
        return;
    c.pid = g.pid;
    struct np_volume_work w = {.dir = dir, .lock = "cut.lock", .fn = cut, .arg = &c};
    if (c.pid > 0)
        np_volume_work(v, &w, NULL);
}

/* True: nothing of it is left. By force it is taken for gone while somebody still has it open: what
 * was mounted of it cannot write any more. */
static bool finish(struct np_volumes *v, const char *id, int dir, const struct np_volume_on *on)
{
    bool force = np_volume_has(dir, "force") && np_life_pid(dir, "cut.lock") == 0;
    if (on->loop == NP_VOLUME_VIEW && !np_volume_has(dir, "hidden")) {
        np_volume_hide(v, id, on); /* the name itself holds it */
        touch(dir, "hidden");
    }
    if (!let_go(v, dir, on) && !force)
        return false;
    if (on->loop != NP_VOLUME_VIEW)
        np_volume_hide(v, id, on);
    else if (force)
        np_volume_view_kill(dir);
    np_volume_view_stop(dir);
    unlinkat(dir, "attached", 0);
    unlinkat(dir, "detach", 0);
    unlinkat(dir, "force", 0);
    unlinkat(dir, "shown", 0);
    unlinkat(dir, "hidden", 0);
    unlinkat(dir, "failed", 0);
    fsync(dir);
    return true;
}

int np_volume_detach(struct np_volumes *v, struct np_str id, bool force, struct np_arena *a,
                     struct agent_VolumeState *out, struct np_err *err)
{
    np_volume_id z;
    struct np_volume_on on;
    NP_AUTO_FD dir = np_life_id_ok(id, z) ? np_volume_open(v->volumes, z, "") : -1;
    if (dir < 0)
        return np_err(err, NP_ENOENT, "there is no such volume");
    if (np_volume_is_worked_at(dir))
        return np_err(err, NP_EBUSY, "%s is being worked at", z);
    if (np_volume_on_read(dir, &on)) {
        touch(dir, "detach");
        if (force && !np_volume_has(dir, "force")) {
            touch(dir, "force");
            start_cutting(v, dir, &on);
        }
        if (!finish(v, z, dir, &on))
            np_volumes_look(v);
    }
    np_volume_describe(v, false, z, a, out);
    return 0;
}

/* --- what changes by itself: the guest has closed it, or has started --- */

struct looking {
    struct np_volumes *v;
    bool again, changed;
};

static void look_one(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct looking *k = arg;
    if (np_volume_has(dir, "detach")) {
        if (finish(k->v, id, dir, on))
            k->changed = true;
        else
            k->again = true;
    } else if (!np_volume_has(dir, "shown")) {
        np_volume_show(k->v, id, dir, on);
        np_volume_work_watch(k->v, np_volume_view_pid(dir));
        touch(dir, "shown");
        k->changed = true;
    }
}

static void on_look(struct np_timer *t)
{
    struct np_volumes *v = NP_CONTAINER(t, struct np_volumes, look);
    struct looking k = {.v = v};
    np_volumes_of(v, NULL, look_one, &k);
    if (k.changed && v->changed != NULL)
        v->changed(v->arg);
    if (k.again)
        np_timer_set(v->loop, &v->look, LOOK_MS, on_look);
}

void np_volumes_look(struct np_volumes *v)
{
    if (v->loop != NULL)
        np_timer_set(v->loop, &v->look, 1, on_look);
}

/* --- the end --- */

static void stop_one(void *arg, const char *id, int dir, const struct np_volume_on *on)
{
    struct looking *k = arg;
    if ((on->loop == NP_VOLUME_VIEW || (on->loop >= 0 && np_loopdev_number(on->loop) != 0)) &&
        !let_go(k->v, dir, on)) {
        k->again = true;
        return;
    }
    np_volume_view_stop(dir);
    unlinkat(dir, "attached", 0);
    unlinkat(dir, "detach", 0);
    unlinkat(dir, "force", 0);
    unlinkat(dir, "shown", 0);
    unlinkat(dir, "hidden", 0);
}

size_t np_volumes_stop_all(struct np_volumes *v)
{
    struct looking k = {.v = v};
    np_volumes_of(v, NULL, stop_one, &k);
    NP_EACH (j, v->jobs)
        k.again = k.again || j->used;
    return k.again;
}

/* --- doctor --- */

static struct np_str finding_text(const struct np_volumes *v, struct np_arena *a, bool *fine)
{
    struct np_err no_fs = {0};
    bool fuse = access("/dev/fuse", R_OK | W_OK) == 0;
    *fine = np_volumes_loops(v) && fuse;
    if (*fine)
        return NP_STR("volumes are devices of their size, encrypted ones too (AES-256-XTS)");
    if (np_volumes_loops(v))
        return NP_STR("volumes are devices of their size; encrypted ones are refused: there is no "
                      "/dev/fuse");
    if (!np_volumes_views(v))
        return np_str_printf(a,
                             "root volumes are folders whose size is not enforced, data and "
                             "encrypted volumes are refused: %.*s, and %.*s",
                             NP_FMT(np_err_text(&v->no_loops)), NP_FMT(np_err_text(&v->no_views)));
    bool mounts = np_volume_fs_probe(&no_fs) == 0;
    return np_str_printf(
        a,
        "root volumes are folders whose size is not enforced, encrypted ones are refused; data "
        "volumes are files of their size in /dev, encrypted ones too, %.*s%.*s: %.*s",
        NP_FMT(mounts ? NP_STR("their ext4 is mounted by fuse2fs, without a journal")
                      : NP_STR("and cannot be mounted: ")),
        NP_FMT(mounts ? NP_STR("") : np_err_text(&no_fs)), NP_FMT(np_err_text(&v->no_loops)));
}

void np_volumes_doctor(struct np_volumes *v, struct np_arena *a, struct agent_FindingList *out)
{
    bool fine;
    struct np_str text = finding_text(v, a, &fine);
    out->v[out->n++] =
        (struct agent_Finding){.Name = NP_STR("volumes"), .Fine = {true, fine}, .Text = text};
}
