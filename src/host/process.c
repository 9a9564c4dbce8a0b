/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - programs of fixed kinds, each below an init. */
#include "host/process.h"

#include <errno.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/init.h"

#define KILL_AFTER_MS 5000

/* What runs for a kind: argv, the program being this one. */
static const struct {
    const char *kind;
    const char *const argv[4];
} kinds[] = {
    {"probe", {"nephele", "__probe", NULL}},
};

struct np_processes {
    struct np_lives *lives; /* run/ */
    void (*ended)(void *arg);
    void *arg;
};

int np_processes_open(struct np_str data_dir, struct np_processes **out, struct np_err *err)
{
    static const struct np_lives_opts opts = {
        .name = "run", .max = NP_PROCESSES_MAX, .sync = true, .kill_after_ms = KILL_AFTER_MS};
    struct np_lives *lives;
    int rc = np_lives_open(data_dir, &opts, &lives, err);
    if (rc != 0)
        return rc;
    *out = np_heap_new(struct np_processes);
    (*out)->lives = lives;
    return 0;
}

int np_processes_dir(const struct np_processes *p)
{
    return np_lives_dir(p->lives);
}

void np_processes_free(struct np_processes *p)
{
    if (p == NULL)
        return;
    np_lives_free(p->lives);
    np_free(p);
}

static void describe(int dir, const char *id, struct np_arena *a, struct agent_Process *out)
{
    pid_t pid = np_life_pid(dir, "lock");
    bool by_signal;
    int number;
    *out = (struct agent_Process){
        .Id = np_str_dup(a, np_str_of(id)),
        .Kind = np_life_read(dir, "kind", a),
        .State = pid != 0 ? NP_STR("running") : NP_STR("ended"),
    };
    if (pid != 0)
        out->Pid = (struct np_opt_int){true, pid};
    else if (np_life_status(dir, &by_signal, &number))
        *(by_signal ? &out->Signal : &out->ExitCode) = (struct np_opt_int){true, number};
}

static const char *const *argv_of(struct np_str kind, const char **name)
{
    NP_EACH (k, kinds)
        if (np_str_eq(kind, np_str_of(k->kind))) {
            *name = k->kind;
            return k->argv;
        }
    return NULL;
}

static int fork_init(int dir, const char *const *argv, struct np_err *err)
{
    NP_AUTO_FD lock = np_life_take(dir, "lock");
    if (lock < 0)
        return np_err_errno(err, errno, "cannot lock the folder of a process");
    pid_t pid = fork();
    if (pid == 0)
        np_init_main(dir, lock, argv);
    if (pid < 0)
        return np_err_errno(err, errno, "cannot start a process");
    np_life_write(lock, pid);
    return 0;
}

int np_process_ensure(struct np_processes *p, struct np_str id, struct np_str kind,
                      struct np_arena *a, struct agent_Process *out, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    const char *name;
    const char *const *argv = argv_of(kind, &name);
    if (!np_life_id_ok(id, z) || argv == NULL)
        return np_err(err, NP_EINVAL, "no process of that id and kind can be");
    NP_AUTO_FD dir = np_life_open(p->lives, z);
    if (dir >= 0 && np_life_pid(dir, "lock") != 0) {
        describe(dir, z, a, out);
        return np_str_eq(out->Kind, kind) ? 0
                                          : np_err(err, NP_EEXIST, "%s runs as another kind", z);
    }
    NP_AUTO_FD fresh = -1;
    int rc = np_life_make(p->lives, z, &fresh, err);
    if (rc == 0 && !np_life_write_file(fresh, "kind", name, strlen(name), true))
        rc = np_err_errno(err, errno, "cannot write the kind of %s", z);
    if (rc == 0)
        rc = fork_init(fresh, argv, err);
    if (rc != 0)
        return rc;
    np_life_watch(p->lives, z, fresh);
    describe(fresh, z, a, out);
    return 0;
}

int np_process_stop(struct np_processes *p, struct np_str id, struct np_arena *a,
                    struct agent_Process *out, struct np_err *err)
{
    char z[NP_PROCESS_ID_MAX + 1];
    if (!np_life_id_ok(id, z))
        return np_err(err, NP_EINVAL, "no process has that id");
    NP_AUTO_FD dir = np_life_open(p->lives, z);
    if (dir < 0)
        return np_err(err, NP_ENOENT, "no process has the id %s", z);
    describe(dir, z, a, out);
    if (out->Pid.set)
        np_life_end(p->lives, z, dir, false);
    else
        np_life_remove(p->lives, z);
    return 0;
}

struct listing {
    struct np_arena *a;
    struct agent_ProcessList *out;
};

static void list_one(void *arg, const char *id, int dir)
{
    struct listing *l = arg;
    if (l->out->n < NP_PROCESSES_MAX)
        describe(dir, id, l->a, &l->out->v[l->out->n++]);
}

int np_processes_list(struct np_processes *p, struct np_arena *a, struct agent_ProcessList *out,
                      struct np_err *err)
{
    *out = (struct agent_ProcessList){.v = np_new_array(a, struct agent_Process, NP_PROCESSES_MAX),
                                      .set = true};
    return np_lives_each(p->lives, list_one, &(struct listing){a, out}, err);
}

static void on_end(void *arg, const char *id)
{
    struct np_processes *p = arg;
    if (p->ended != NULL)
        p->ended(p->arg);
}

void np_processes_watch(struct np_processes *p, struct np_loop *l, void (*ended)(void *arg),
                        void *arg)
{
    p->ended = ended;
    p->arg = arg;
    np_lives_watch(p->lives, l, on_end, p);
}

size_t np_processes_stop_all(struct np_processes *p)
{
    return np_lives_end_all(p->lives);
}

pid_t np_processes_any(struct np_processes *p, char id[NP_PROCESS_ID_MAX + 1])
{
    return np_lives_any(p->lives, id);
}

bool np_process_runs(struct np_processes *p, const char *id, pid_t pid)
{
    return np_life_is(p->lives, id, pid);
}
