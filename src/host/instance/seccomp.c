/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp.c - system calls that a guest has no use for: what the user namespace would refuse, or
 * what is a way into much of the kernel. All else is allowed. */
#include "host/instance/keeper.h"

#include "codec/json.h"

#define ARCHITECTURES     "\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]"
#define ARCHITECTURES_ARM "\"architectures\":[\"SCMP_ARCH_AARCH64\",\"SCMP_ARCH_ARM\"]"

/* Where processes serve file systems on volumes. */
#define SERVED "\"umount2\",\"fsync\",\"fdatasync\",\"syncfs\",\"sync\""

#define EPERM_  1
#define ENOSYS_ 38

static const struct {
    int errno_;
    const char *names;
} refused[] = {
    /* The machine: its kernel, clock, devices, swap, log. */
    {EPERM_,
     "\"kexec_load\",\"kexec_file_load\",\"init_module\",\"finit_module\",\"delete_module\","
     "\"create_module\",\"query_module\",\"get_kernel_syms\",\"swapon\",\"swapoff\","
     "\"settimeofday\",\"clock_settime\",\"clock_settime64\",\"stime\",\"adjtimex\","
     "\"clock_adjtime\",\"clock_adjtime64\",\"iopl\",\"ioperm\",\"acct\",\"syslog\","
     "\"quotactl\",\"quotactl_fd\",\"nfsservctl\",\"lookup_dcookie\",\"vm86\",\"vm86old\","
     "\"_sysctl\",\"sysfs\",\"ustat\",\"uselib\""},
    /* Keys are of no namespace; handles open files past every path. */
    {EPERM_, "\"add_key\",\"request_key\",\"keyctl\",\"open_by_handle_at\""},
    /* Ways into much of the kernel. */
    {EPERM_, "\"bpf\",\"perf_event_open\",\"userfaultfd\",\"fanotify_init\",\"move_pages\","
             "\"mbind\",\"set_mempolicy\",\"migrate_pages\",\"kcmp\""},
    /* Programs do without these when they are not there. */
    {ENOSYS_, "\"io_uring_setup\",\"io_uring_enter\",\"io_uring_register\""},
};

static void rule(struct np_buf *b, const char *names, const char *action, int errno_)
{
    np_buf_printf(b, "{\"names\":[%s],\"action\":\"%s\"", names, action);
    if (errno_ != 0)
        np_buf_printf(b, ",\"errnoRet\":%d", errno_);
    np_buf_lit(b, "}");
}

void np_seccomp_put(const struct np_keeper *k, struct np_buf *b)
{
    np_buf_lit(b, ",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",");
#ifdef __aarch64__
    np_buf_lit(b, ARCHITECTURES_ARM);
#else
    np_buf_lit(b, ARCHITECTURES);
#endif
    const char *listener = k->devices != NULL ? k->parts->mounts_listener : NULL;
    if (listener != NULL) {
        np_buf_lit(b, ",\"listenerPath\":");
        np_json_quote(b, np_str_of(listener));
        np_buf_printf(b, ",\"listenerMetadata\":\"%s %u\"", k->id, k->base);
    }
    np_buf_lit(b, ",\"syscalls\":[");
    NP_EACH (r, refused) {
        if (r != refused)
            np_buf_lit(b, ",");
        rule(b, r->names, "SCMP_ACT_ERRNO", r->errno_);
    }
    if (listener != NULL) {
        np_buf_lit(b, ",");
        rule(b, k->parts->served ? "\"mount\"," SERVED : "\"mount\"", "SCMP_ACT_NOTIFY", 0);
        np_buf_lit(b, ",");
        rule(b, "\"fsopen\",\"fspick\",\"fsconfig\",\"fsmount\"", "SCMP_ACT_ERRNO", ENOSYS_);
    }
    np_buf_lit(b, "]}");
}
