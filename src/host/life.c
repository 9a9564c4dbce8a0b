/* SPDX-License-Identifier: Apache-2.0 */
/* life.c - a file locked by a process for as long as it lives, with its pid inside. The number of a
 * dead process may be another's; a lock cannot. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/lives.h"

int np_life_take(int dir, const char *name)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) == 0 && ftruncate(fd, 0) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void np_life_write(int fd, pid_t pid)
{
    char text[16];
    int n = snprintf(text, sizeof(text), "%d\n", (int)pid);
    if (pwrite(fd, text, (size_t)n, 0) != n)
        return; /* a full disk: both sides write it, and without it the process is taken for ended
                 */
}

pid_t np_life_pid(int dir, const char *name)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    NP_AUTO_FD fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        return 0;
    char text[16];
    ssize_t n = pread(fd, text, sizeof(text), 0);
    uint64_t pid = 0;
    if (!np_str_u64(np_str_trim(np_str_n(text, n > 0 ? (size_t)n : 0)), &pid) || pid > INT32_MAX)
        return 0;
    return (pid_t)pid;
}
