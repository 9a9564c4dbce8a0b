/* SPDX-License-Identifier: Apache-2.0 */
/* init.c - the first process of the machine of tests/vm, static, alone in its initramfs: loads the
 * modules that the disk needs, makes the disk the root, runs /vm/start, prints how
 * that ended, and resets. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *type, *at, *options;
    unsigned long flags;
} mounts[] = {
    {"devtmpfs", "/dev", "mode=755", MS_NOSUID},
    {"devpts", "/dev/pts", "mode=620,gid=5,ptmxmode=666", MS_NOSUID | MS_NOEXEC},
    {"tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV},
    {"proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
    {"sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
    {"cgroup2", "/sys/fs/cgroup", "nsdelegate", MS_NOSUID | MS_NODEV | MS_NOEXEC},
    {"tmpfs", "/run", "mode=755", MS_NOSUID | MS_NODEV},
    {"tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV},
};

static void end(int status)
{
    printf("\nvm: status %d\n", status);
    fflush(stdout);
    sync();
    reboot(RB_AUTOBOOT); /* which qemu is told not to do */
    _exit(1);
}

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    perror(what);
    end(125);
}

static void load_modules(void)
{
    struct dirent **names;
    int n = scandir("/modules", &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[512];
        snprintf(path, sizeof(path), "/modules/%s", names[i]->d_name);
        int fd = names[i]->d_name[0] != '.' ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (fd >= 0 && syscall(SYS_finit_module, fd, "", 0) != 0)
            perror(path);
    }
}

static void take_root(void)
{
    mkdir("/dev", 0755);
    mkdir("/root", 0755);
    must(mount("devtmpfs", "/dev", "devtmpfs", 0, NULL), "/dev");
    must(mount("/dev/vda", "/root", "ext4", 0, NULL), "the disk");
    must(umount("/dev"), "/dev");
    must(chdir("/root"), "/root");
    must(mount(".", "/", NULL, MS_MOVE, NULL), "moving the root");
    must(chroot("."), "the root");
    must(chdir("/"), "/");
    for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
        mkdir(mounts[i].at, 0755);
        must(
            mount(mounts[i].type, mounts[i].at, mounts[i].type, mounts[i].flags, mounts[i].options),
            mounts[i].at);
    }
}

int main(void)
{
    int status;
    load_modules();
    take_root();
    pid_t child = fork();
    if (child == 0) {
        static char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                                    "LANG=C.UTF-8", NULL};
        setsid();
        execve("/vm/start", (char *[]){"/vm/start", NULL}, env);
        perror("/vm/start");
        _exit(127);
    }
    for (pid_t pid; (pid = wait(&status)) != child && pid > 0;)
        ;
    end(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}
