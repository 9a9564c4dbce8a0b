/* SPDX-License-Identifier: Apache-2.0 */
/* volume.c - the folders of volumes and snapshots: made, listed, removed. */
#include "host/volume/volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>

#include "base/digest.h"
#include "host/namespaces.h"
#include "host/volume/volume_int.h"

#define LOCK         NP_VOLUME_MAKE
#define SIZE_MAX_MIB (64u << 20) /* 64 TiB */

/* --- opening --- */

static int open_folder(struct np_volumes *v, const char *name, int *out, struct np_err *err)
{
    const char *path =
        np_str_z(v->arena, np_str_printf(v->arena, "%.*s/%s", NP_FMT(v->data_dir), name));
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s", path);
    NP_AUTO_FD dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (dir < 0 || fstat(dir, &st) != 0)
        return np_err_errno(err, errno, "cannot open %s", path);
    if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return np_err(err, NP_EACCES, "%s is not this user's alone", path);
    *out = np_fd_take(&dir);
    return 0;
}

/* One that froze a file system and was killed leaves the number of its device, or the volume's
 * name.
 */
static void thaw_left(struct np_volumes *v, int dir)
{
    char text[NP_PROCESS_ID_MAX + 2];
    NP_AUTO_FD fd = openat(dir, "frozen", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    uint64_t number;
    np_volume_id id;
    if (n > 0 && np_str_u64(np_str_trim(np_str_n(text, (size_t)n)), &number))
        np_volume_thaw_number(v, (int64_t)number);
    else if (n > 0 && np_life_id_ok(np_str_trim(np_str_n(text, (size_t)n)), id)) {
        NP_AUTO_FD of = np_volume_open(v->volumes, id, "");
        np_volume_fs_thaw(of);
    }
    unlinkat(dir, "frozen", 0);
}

/* What a killed child left half done goes; what one still does is waited for. */
static void sweep_one(struct np_volumes *v, int parent, const char *name)
{
    struct np_str text = np_str_of(name);
    bool fresh = np_str_ends(text, NP_STR(".new")), old = np_str_ends(text, NP_STR(".old"));
    NP_AUTO_FD dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    pid_t pid = dir >= 0 ? np_life_pid(dir, LOCK) : 0;
    if (dir < 0)
        return;
    if (pid == 0 && (fresh || old)) {
        thaw_left(v, dir);
        np_volume_remove_tree(parent, name, NULL);
        return;
    }
    const pid_t others[] = {pid, np_life_pid(dir, NP_VOLUME_ATTACH),
                            np_life_pid(dir, NP_VOLUME_GROW), np_volume_view_pid(dir)};
    struct np_volume_on on;
    if (others[1] == 0 && others[3] != 0 && !np_volume_on_read(dir, &on))
        np_volume_view_stop(dir); /* started, and not written down */
    NP_EACH (other, others)
        if (*other != 0)
            np_volume_work_watch(v, *other);
}

static void sweep(struct np_volumes *v, int parent)
{
    NP_AUTO_FD again = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(np_fd_take(&again)) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            sweep_one(v, parent, e->d_name);
    if (d != NULL)
        closedir(d);
}

void np_volumes_after_work(struct np_volumes *v)
{
    NP_AUTO_FD again = openat(v->snapshots, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(np_fd_take(&again)) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (!np_str_ends(np_str_of(e->d_name), NP_STR(".new")))
            continue;
        NP_AUTO_FD dir = np_volume_open(v->snapshots, e->d_name, "");
        if (dir >= 0 && np_life_pid(dir, LOCK) == 0)
            thaw_left(v, dir);
    }
    if (d != NULL)
        closedir(d);
    np_volumes_look(v);
}

/* Bound, but to nobody's knowledge: a child was killed between binding and writing it down. */
static void free_unknown(void *arg, int64_t number, const char *id)
{
    struct np_volumes *v = arg;
    struct np_volume_on on;
    NP_AUTO_FD dir = np_volume_open(v->volumes, id, "");
    if (dir < 0 ||
        (np_life_pid(dir, LOCK) == 0 && (!np_volume_on_read(dir, &on) || on.loop != number)))
        np_loopdev_free(v, number);
}

/* A place for device nodes that nobody outside the agent's mounts sees; once. */
static int mount_nodes(struct np_volumes *v, struct np_err *err)
{
    struct stat st, above;
    const char *path =
        np_str_z(v->arena, np_str_printf(v->arena, "%.*s/" NP_VOLUME_NODES, NP_FMT(v->data_dir)));
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        return np_err_errno(err, errno, "cannot make %s", path);
    if (stat(path, &st) != 0 || fstat(v->volumes, &above) != 0)
        return np_err_errno(err, errno, "cannot look at %s", path);
    if (st.st_dev != above.st_dev)
        return 0;
    if (mount("nephele", path, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=1m") != 0)
        return np_err_errno(err, errno, "cannot mount a place for devices");
    return 0;
}

static void probe(struct np_volumes *v, const struct np_namespaces *ns)
{
    v->user = ns->user;
    if (ns->user || !ns->own)
        np_err(&v->no_loops, NP_ENOTSUP, "%s",
               ns->user ? "devices need root" : "no mounts of its own");
    else if (mount_nodes(v, &v->no_loops) == 0 && np_loops_probe(v, &v->no_loops) == 0 &&
             np_volume_listen(v, &v->no_loops) == 0)
        np_loops_each(v, free_unknown, v);
    if (np_volumes_loops(v))
        return;
    if (!ns->own)
        v->no_views = v->no_loops;
    else if (np_volume_views_probe(&v->no_views) == 0 && mount_nodes(v, &v->no_views) == 0)
        np_volume_listen(v, &v->no_views);
}

int np_volumes_open(struct np_str data_dir, const struct np_namespaces *ns, struct np_volumes **out,
                    struct np_err *err)
{
    struct np_volumes *v = np_heap_new(struct np_volumes);
    v->arena = np_arena_new();
    v->volumes = v->snapshots = v->listener = -1;
    v->next_loop = np_loopdev_draw();
    char *path = realpath(np_str_z(v->arena, data_dir), NULL);
    v->data_dir = np_str_dup(v->arena, path != NULL ? np_str_of(path) : data_dir);
    free(path); // NOLINT: realpath's
    int rc = open_folder(v, "volumes", &v->volumes, err);
    if (rc == 0)
        rc = open_folder(v, "snapshots", &v->snapshots, err);
    if (rc != 0) {
        np_volumes_free(v);
        return rc;
    }
    probe(v, ns);
    *out = v;
    return 0;
}

void np_volumes_watch(struct np_volumes *v, struct np_loop *l, void (*changed)(void *arg),
                      void *arg)
{
    v->loop = l;
    v->changed = changed;
    v->arg = arg;
    sweep(v, v->volumes);
    sweep(v, v->snapshots);
    np_volume_listen_watch(v);
    np_volumes_look(v);
}

void np_volumes_guests(struct np_volumes *v,
                       bool (*find)(void *arg, const char *id, struct np_instance_guest *out),
                       void *arg)
{
    v->find = find;
    v->find_arg = arg;
}

void np_volumes_free(struct np_volumes *v)
{
    if (v == NULL)
        return;
    np_volume_jobs_forget(v);
    np_timer_stop(&v->look);
    np_watch_del(&v->listening);
    if (v->listener >= 0)
        close(v->listener);
    if (v->volumes >= 0)
        close(v->volumes);
    if (v->snapshots >= 0)
        close(v->snapshots);
    np_arena_free(v->arena);
    np_free(v);
}

/* --- what is --- */

static struct np_opt_int number(int64_t n)
{
    return (struct np_opt_int){true, n};
}

/* Of a volume that is made. */
static void describe_ready(int dir, const struct np_volumes *v, struct np_arena *a,
                           struct agent_VolumeState *out)
{
    struct np_volume_spec_ spec = {0};
    struct np_volume_on on;
    struct stat st;
    if (np_volume_spec_read(dir, &spec) != 0) {
        out->Phase = NP_STR("failed");
        out->Reason = NP_STR("its description cannot be read");
        return;
    }
    out->SizeMiB = number(spec.size_mib);
    if (fstatat(dir, "disk", &st, AT_SYMLINK_NOFOLLOW) == 0)
        out->UsedBytes = number((int64_t)st.st_blocks * 512);
    out->Reason = np_volume_reason(dir, a);
    if (!np_volume_on_read(dir, &on) ||
        (!np_volume_has(dir, "shown") && !np_volume_has(dir, "detach")))
        return;
    if (on.loop >= 0 && np_loopdev_number(on.loop) == 0 && !np_volume_has(dir, "detach")) {
        out->Reason = NP_STR("its device is gone: attach it again");
        return;
    }
    if ((spec.encrypted || on.loop == NP_VOLUME_VIEW) && np_volume_view_pid(dir) == 0 &&
        !np_volume_has(dir, "detach")) {
        out->Reason = NP_STR("the process that serves it has ended: attach it again");
        return;
    }
    out->Instance = np_str_dup(a, np_str_of(on.instance));
    out->Device = np_str_dup(a, np_str_of(on.device));
}

bool np_volume_describe(struct np_volumes *v, bool snapshot, const char *id, struct np_arena *a,
                        struct agent_VolumeState *out)
{
    int parent = snapshot ? v->snapshots : v->volumes;
    NP_AUTO_FD dir = np_volume_open(parent, id, "");
    NP_AUTO_FD fresh = dir < 0 ? np_volume_open(parent, id, ".new") : -1;
    if (dir < 0 && fresh < 0)
        dir = np_volume_open(parent, id, ""); /* made between the two looks */
    if (dir < 0 && fresh < 0)
        return false;
    *out = (struct agent_VolumeState){
        .Id = np_str_dup(a, np_str_of(id)),
        .Snapshot = {true, snapshot},
        .Phase = NP_STR("ready"),
    };
    if (dir >= 0) {
        describe_ready(dir, v, a, out);
    } else if (np_life_pid(fresh, LOCK) != 0) {
        out->Phase = NP_STR("making");
    } else {
        out->Phase = NP_STR("failed");
        out->Reason = np_volume_reason(fresh, a);
        if (out->Reason.n == 0)
            out->Reason = np_volume_interrupted(fresh);
    }
    return true;
}

static void list_of(struct np_volumes *v, bool snapshot, struct np_arena *a,
                    struct agent_VolumeStateList *out)
{
    NP_AUTO_FD again =
        openat(snapshot ? v->snapshots : v->volumes, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(np_fd_take(&again)) : NULL;
    np_volume_id id;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        struct np_str name = np_str_of(e->d_name);
        struct agent_VolumeState one;
        if (np_str_ends(name, NP_STR(".new")))
            name.n -= 4;
        if (!np_life_id_ok(name, id) || !np_volume_describe(v, snapshot, id, a, &one))
            continue;
        out->v = np_array_grow(a, out->v, out->n, sizeof(*out->v));
        out->v[out->n++] = one;
    }
    if (d != NULL)
        closedir(d);
}

int np_volumes_list(struct np_volumes *v, struct np_arena *a, struct agent_VolumeStateList *out,
                    struct np_err *err)
{
    *out = (struct agent_VolumeStateList){.set = true};
    list_of(v, false, a, out);
    list_of(v, true, a, out);
    return 0;
}

/* --- making --- */

struct making {
    struct np_volumes *v;
    int parent, dir, from; /* from: folder of the source, -1: none */
    np_volume_id id;
    struct np_volume_spec_ spec;
    int64_t freeze; /* `loop` of the source; -1: none */
    np_volume_id source;
    pid_t guest; /* init of the instance that has it; 0: none runs */
    bool seal;
    uint8_t key[NP_XTS_KEY];
};

static int freeze_source(const struct making *m, int *frozen, struct np_err *err)
{
    char text[NP_PROCESS_ID_MAX + 2];
    bool view = m->freeze == NP_VOLUME_VIEW;
    *frozen = -1;
    if (m->freeze < 0 && !view)
        return 0;
    if (view)
        snprintf(text, sizeof(text), "%s\n", m->source);
    else
        snprintf(text, sizeof(text), "%lld\n", (long long)m->freeze);
    NP_AUTO_FD fd = openat(m->dir, "frozen", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        return np_err_errno(err, errno, "cannot write");
    if (view)
        return np_volume_fs_hold(m->from, m->guest, frozen, err);
    int rc = np_volume_freeze(m->v, m->freeze, frozen, err);
    NP_AUTO_FD device = rc == 0 && *frozen < 0 ? np_loopdev_open(m->v, m->freeze, O_RDONLY) : -1;
    if (device >= 0)
        fsync(device); /* not mounted: what was written to it by itself */
    return rc;
}

static int copy_source(const struct making *m, struct np_err *err)
{
    int frozen;
    NP_AUTO_FD disk =
        m->spec.folder ? -1 : openat(m->from, "disk", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (disk < 0 && !m->spec.folder)
        return np_err_errno(err, errno, "cannot open what is copied");
    int rc = freeze_source(m, &frozen, err);
    if (rc == 0)
        rc = m->spec.folder ? np_volume_copy_folder(m->dir, m->from, err)
                            : np_volume_copy(m->dir, disk, (uint64_t)m->spec.size_mib << 20,
                                             m->seal ? m->key : NULL, err);
    np_volume_thaw(frozen);
    if (m->freeze == NP_VOLUME_VIEW)
        np_volume_fs_thaw(m->from);
    unlinkat(m->dir, "frozen", 0);
    return rc;
}

static int make_root(const struct making *m, struct np_err *err)
{
    NP_AUTO_FD template = -1;
    if (m->spec.folder)
        return np_volume_root_folder(m->dir, err);
    int rc = np_volume_template(m->v, m->spec.size_mib, &template, err);
    return rc != 0 ? rc
                   : np_volume_copy(m->dir, template, (uint64_t)m->spec.size_mib << 20,
                                    m->seal ? m->key : NULL, err);
}

static int make(void *arg, struct np_err *err)
{
    struct making *m = arg;
    char fresh[NP_PROCESS_ID_MAX + 8];
    int rc;
    if (m->from >= 0)
        rc = copy_source(m, err);
    else if (m->spec.root)
        rc = make_root(m, err);
    else
        rc = np_volume_blank(m->dir, (uint64_t)m->spec.size_mib << 20, err);
    np_wipe(m->key, sizeof(m->key));
    if (rc == 0)
        rc = np_volume_spec_write(m->dir, &m->spec, err);
    snprintf(fresh, sizeof(fresh), "%s.new", m->id);
    if (rc == 0 && (renameat(m->parent, fresh, m->parent, m->id) != 0 || fsync(m->parent) != 0))
        rc = np_err_errno(err, errno, "cannot name what was made");
    if (rc != 0)
        unlinkat(m->dir, "disk", 0); /* a full disk has its room again */
    return rc;
}

static int start_making(struct making *m, struct np_err *err)
{
    char fresh[NP_PROCESS_ID_MAX + 8];
    snprintf(fresh, sizeof(fresh), "%s.new", m->id);
    int rc = np_volume_remove_tree(m->parent, fresh, err); /* of a try that failed */
    if (rc == 0 && mkdirat(m->parent, fresh, 0700) != 0)
        rc = np_err_errno(err, errno, "cannot make the folder of a volume");
    NP_AUTO_FD dir = rc == 0 ? np_volume_open(m->parent, fresh, "") : -1;
    if (rc != 0)
        return rc;
    m->dir = dir;
    struct np_volume_work w = {.dir = dir,
                               .lock = LOCK,
                               .fn = make,
                               .arg = m,
                               .keep = {m->parent, m->v->volumes, m->from},
                               .n_keep = m->from >= 0 ? 3 : 2};
    return np_volume_work(m->v, &w, err);
}

/* The key and its mark, where a key is needed. */
static int take_key(struct making *m, bool encrypted, int key, struct np_err *err)
{
    uint8_t mark[NP_VOLUME_MARK];
    bool of_source = m->from >= 0 && m->spec.encrypted;
    if (of_source && key < 0)
        return 0;
    if (!encrypted && !of_source)
        return 0;
    int rc = np_volume_key(key, m->key, err);
    if (rc != 0)
        return rc;
    np_volume_mark_of(m->key, mark);
    if (of_source)
        return memcmp(mark, m->spec.mark, sizeof(mark)) == 0
                   ? 0
                   : np_err(err, NP_EINVAL, "that is not the key of what is copied");
    m->spec.encrypted = m->seal = true;
    memcpy(m->spec.mark, mark, sizeof(mark));
    return 0;
}

static int open_source(struct making *m, struct np_str id, struct np_err *err)
{
    np_volume_id z;
    struct np_volume_on on;
    if (!np_life_id_ok(id, z))
        return np_err(err, NP_EINVAL, "no snapshot has that id");
    m->from = np_volume_open(m->v->snapshots, z, "");
    if (m->from < 0 && m->parent == m->v->snapshots) {
        m->from = np_volume_open(m->v->volumes, z, "");
        if (m->from >= 0 && np_volume_on_read(m->from, &on)) {
            struct np_instance_guest g;
            m->freeze = on.loop;
            memcpy(m->source, z, sizeof(z));
            if (m->v->find != NULL && m->v->find(m->v->find_arg, on.instance, &g))
                m->guest = g.pid;
        }
    }
    if (m->from < 0 || np_volume_spec_read(m->from, &m->spec) != 0)
        return np_err(err, NP_ENOENT, "there is no %s to make it of", z);
    return 0;
}

/* Size, and whether this host can have it. */
static int check_making(struct making *m, uint32_t size_mib, struct np_err *err)
{
    if (size_mib < m->spec.size_mib)
        return np_err(err, NP_EINVAL, "it is made of %u MiB", m->spec.size_mib);
    m->spec.size_mib = size_mib;
    if (np_volumes_loops(m->v) || m->spec.folder)
        return 0;
    if (m->spec.root && m->spec.encrypted)
        return np_err(err, NP_ENOTSUP, "encrypted root volumes cannot be had on this host: %.*s",
                      NP_FMT(np_err_text(&m->v->no_loops)));
    if (!m->spec.root && !np_volumes_views(m->v))
        return np_err(err, NP_ENOTSUP, "%s volumes cannot be had on this host: %.*s, and %.*s",
                      m->spec.encrypted ? "encrypted" : "data",
                      NP_FMT(np_err_text(&m->v->no_loops)), NP_FMT(np_err_text(&m->v->no_views)));
    m->spec.folder = m->spec.root && m->from < 0;
    return 0;
}

static int start_fresh(struct making *m, struct np_str of, uint32_t size_mib, bool encrypted,
                       int key, struct np_err *err)
{
    int rc = of.n != 0 ? open_source(m, of, err) : 0;
    NP_AUTO_FD from = m->from;
    (void)from;
    if (size_mib == 0)
        size_mib = m->spec.size_mib;
    if (rc == 0)
        rc = take_key(m, encrypted, key, err);
    if (rc == 0)
        rc = check_making(m, size_mib, err);
    if (rc == 0)
        rc = start_making(m, err);
    np_wipe(m->key, sizeof(m->key));
    return rc;
}

static bool is_being_made(int parent, const char *id)
{
    NP_AUTO_FD fresh = np_volume_open(parent, id, ".new");
    return fresh >= 0 && np_life_pid(fresh, LOCK) != 0;
}

int np_volume_ensure(struct np_volumes *v, const struct agent_EnsureVolumeRequest *rq, int key,
                     struct np_arena *a, struct agent_VolumeState *out, struct np_err *err)
{
    struct making m = {.v = v, .parent = v->volumes, .from = -1, .freeze = -1};
    int rc = 0;
    if (!np_life_id_ok(rq->Id, m.id) || rq->SizeMiB.v < 1 || rq->SizeMiB.v > SIZE_MAX_MIB)
        return np_err(err, NP_EINVAL, "no volume of that id and size can be");
    uint32_t size = (uint32_t)rq->SizeMiB.v;
    NP_AUTO_FD dir = np_volume_open(v->volumes, m.id, "");
    m.spec.root = rq->Image.n != 0;
    if (dir >= 0)
        rc = np_volume_grow(v, m.id, dir, size, err);
    else if (!is_being_made(v->volumes, m.id))
        rc = start_fresh(&m, rq->Snapshot, size, rq->Encrypted.v, key, err);
    return rc != 0 || np_volume_describe(v, false, m.id, a, out)
               ? rc
               : np_err(err, NP_EIO, "the volume went away");
}

int np_snapshot_ensure(struct np_volumes *v, const struct agent_EnsureSnapshotRequest *rq, int key,
                       struct np_arena *a, struct agent_VolumeState *out, struct np_err *err)
{
    struct making m = {.v = v, .parent = v->snapshots, .from = -1, .freeze = -1};
    int rc = 0;
    if (!np_life_id_ok(rq->Id, m.id))
        return np_err(err, NP_EINVAL, "no snapshot of that id can be");
    NP_AUTO_FD dir = np_volume_open(v->snapshots, m.id, "");
    if (dir < 0 && !is_being_made(v->snapshots, m.id))
        rc = start_fresh(&m, rq->Of, 0, rq->Encrypted.v, key, err);
    return rc != 0 || np_volume_describe(v, true, m.id, a, out)
               ? rc
               : np_err(err, NP_EIO, "the snapshot went away");
}

/* --- removing --- */

static int remove_old(void *arg, struct np_err *err)
{
    const struct making *m = arg;
    return np_volume_remove_tree(m->parent, m->id, err);
}

/* Gone at once by its name; the bytes go behind. */
static int remove_folder(struct np_volumes *v, int parent, const char *id, struct np_err *err)
{
    struct making m = {.v = v, .parent = parent};
    snprintf(m.id, sizeof(m.id), "%.58s.old", id);
    NP_AUTO_FD left = np_volume_open(parent, m.id, "");
    if (left >= 0)
        return np_err(err, NP_EBUSY, "one of that id is being removed");
    if (renameat(parent, id, parent, m.id) != 0 || fsync(parent) != 0)
        return np_err_errno(err, errno, "cannot remove %s", id);
    NP_AUTO_FD dir = np_volume_open(parent, m.id, "");
    struct np_volume_work w = {
        .dir = dir, .lock = LOCK, .fn = remove_old, .arg = &m, .keep = {parent}, .n_keep = 1};
    return dir >= 0 ? np_volume_work(v, &w, err) : 0;
}

/* Also one that failed. */
static int remove_any(struct np_volumes *v, int parent, struct np_str id, struct np_err *err)
{
    char fresh[NP_PROCESS_ID_MAX + 8];
    np_volume_id z;
    struct np_volume_on on;
    if (!np_life_id_ok(id, z))
        return np_err(err, NP_EINVAL, "no volume has that id");
    snprintf(fresh, sizeof(fresh), "%s.new", z);
    if (is_being_made(parent, z))
        return np_err(err, NP_EBUSY, "%s is being made", z);
    NP_AUTO_FD half = np_volume_open(parent, z, ".new");
    if (half >= 0)
        thaw_left(v, half);
    int rc = np_volume_remove_tree(parent, fresh, err);
    NP_AUTO_FD dir = np_volume_open(parent, z, "");
    if (rc != 0 || dir < 0)
        return rc;
    if (np_volume_is_worked_at(dir) || np_volume_on_read(dir, &on))
        return np_err(err, NP_EBUSY, "%s is attached, or being worked at", z);
    return remove_folder(v, parent, z, err);
}

int np_volume_remove(struct np_volumes *v, struct np_str id, struct np_err *err)
{
    return remove_any(v, v->volumes, id, err);
}

int np_snapshot_remove(struct np_volumes *v, struct np_str id, struct np_err *err)
{
    return remove_any(v, v->snapshots, id, err);
}
