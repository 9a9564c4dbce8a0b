/* SPDX-License-Identifier: Apache-2.0 */
/* guest.h - what the parts of the guest's programs share. One program, several names: init,
 * systemctl, shutdown, poweroff, reboot, halt, mount; and fusermount (fusermount.h). */
#pragma once

#include <stdarg.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/enc.h"
#include "base/err.h"

#define GUEST_LOG    "/var/log/cloud-init-output.log"
#define GUEST_STATUS "/run/cloud-init/nephele.status"
#define GUEST_CLOUD  "/var/lib/cloud"

/* Who this instance is: of the environment that the runtime gave, then of the metadata. */
struct guest {
    struct np_arena *arena;
    const char *id, *user, *hostname;
    bool network; /* it has one: metadata can be asked for */
    bool files;   /* volumes are files in /dev, not devices */
};

/* --- main.c --- */
void guest_say(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* to stdout */

/* --- files.c --- */
struct np_str guest_read(struct np_arena *a, const char *path, size_t max); /* absent: cannot */
bool guest_write(const char *path, struct np_str bytes, mode_t mode);       /* whole or not */
bool guest_append(const char *path, struct np_str bytes, mode_t mode);
bool guest_mkdirs(const char *path, mode_t mode); /* all of them */
bool guest_exists(const char *path);
bool guest_has_line(struct np_str text, struct np_str line);
void guest_status(const char *key, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- boot.c: the machine --- */
void boot_early(struct guest *g);          /* before anything else runs; short */
_Noreturn void boot_rest(struct guest *g); /* in a process of its own */

/* --- users.c --- */
struct guest_user {
    const char *name, *home, *shell;
    uid_t uid;
    gid_t gid;
};
bool user_find(struct np_arena *a, const char *name_or_number, struct guest_user *out);
struct user_new {
    const char *name, *gecos, *home, *shell, *hash;
    const char *groups; /* "a,b" */
    uid_t uid;          /* 0: the next */
    bool system, no_home;
};
bool user_add(struct np_arena *a, const struct user_new *u); /* fine if there is one */
void user_group_add(struct np_arena *a, const char *group);
void user_join(struct np_arena *a, const char *user, const char *group);
void user_keys(struct np_arena *a, const char *user, struct np_str keys);
void user_sudo(const char *user, const char *rule);
/* Becomes the user: groups, ids; HOME, USER, LOGNAME, SHELL. */
bool user_become(struct np_arena *a, const struct guest_user *u);

/* --- imds.c --- */
/* False: no answer. A missing path is an absent text. */
bool imds_begin(struct np_arena *a, unsigned patience_ms, struct np_str *token);
struct np_str imds_get(struct np_arena *a, struct np_str token, const char *path);

/* --- userdata.c --- */
enum part_kind { PART_SCRIPT, PART_CONFIG, PART_BOOTHOOK, PART_UNKNOWN };
struct part {
    enum part_kind kind;
    struct np_str name, body;
    const char *what; /* of an unknown one */
};
#define PARTS_MAX 64
/* Takes user data apart: gzip, base64, MIME. Number of parts; -1: it cannot be read, *why. */
int userdata_parts(struct np_arena *a, struct np_str data, struct part parts[PARTS_MAX],
                   const char **why);

/* --- yaml.c --- */
enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };
struct yaml {
    enum yaml_kind kind;
    struct np_str key, text;
    bool quoted;
    struct yaml *child, *next;
};
#define YAML_NODES_MAX 20000
#define YAML_DEPTH_MAX 32
struct yaml *yaml_parse(struct np_arena *a, struct np_str text, const char **why);
const struct yaml *yaml_get(const struct yaml *map, const char *key); /* NULL */
struct np_str yaml_text(const struct yaml *map, const char *key);     /* absent */
bool yaml_true(const struct yaml *map, const char *key, bool otherwise);

/* --- cloudconfig.c --- */
void config_boot(struct guest *g, const struct yaml *y);  /* each boot: bootcmd, mounts */
void config_once(struct guest *g, const struct yaml *y);  /* files, users, packages */
int config_runcmd(struct guest *g, const struct yaml *y); /* status of the script; 0 */
int config_packages(struct guest *g, const struct yaml *y);

/* --- run.c --- */
/* Runs a program with its output to log and console; a status as of a shell. */
int run_argv(const char *const *argv);
int run_script(struct np_arena *a, const char *path, struct np_str body);
int run_shell(const char *line);
void run_tee(void); /* from here on this process writes to log and console */

/* --- control.c --- */
struct control;
struct control *control_new(int listen_fd);
struct pollfd;
size_t control_fds(struct control *c, struct pollfd *v, size_t max);
/* What must happen: 0 nothing, else 1 + enum np_guest_end. */
int control_turn(struct control *c, const struct pollfd *v, size_t n);
void control_reaped(struct control *c, pid_t pid);

/* --- mount.c --- */
int mount_main(int argc, char **argv);
void mount_own(void); /* it takes the place of the image's */

/* --- systemctl.c --- */
int systemctl_main(int argc, char **argv);
void systemctl_boot(void); /* starts what is enabled */
