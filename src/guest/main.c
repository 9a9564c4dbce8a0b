/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the guest's first process. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    dprintf(1, "nephele: booted\n");
    execl("/bin/sh", "sh", "-c",
          "id; ls -la / /dev /run /run/nephele; mount; cat /proc/self/status | grep Cap; touch "
          "/usr/bin/x; ls -la /usr/bin/x; mknod /tmp/n c 1 3; su nobody -s /bin/sh -c id; ps ax; "
          "trap 'exit 0' TERM; while :; do sleep 1; done",
          (char *)0);
    return sigwait(&set, &sig);
}
