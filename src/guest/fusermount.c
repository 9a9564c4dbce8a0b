/* SPDX-License-Identifier: Apache-2.0 */
/* fusermount.c - hands an open /dev/fuse to libfuse, by the socket that it names. */
#include "guest/fusermount.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"

int fusermount_main(void)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char one = 0;
    struct iovec io = {&one, 1};
    struct msghdr m = {.msg_iov = &io,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = sizeof(control)};
    const char *text = getenv("_FUSE_COMMFD");
    const int fd = FUSERMOUNT_FD;
    uint64_t to;
    if (text == NULL || !np_str_u64(np_str_of(text), &to) || to > 1024)
        return 1;
    control.head = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(fd)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
    return sendmsg((int)to, &m, 0) == 1 ? 0 : 1;
}
