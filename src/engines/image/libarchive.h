/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive.h - libarchive, loaded when the first archive is read.
 *
 * Not linked: it brings libxml2 and with that ICU and libstdc++, whose binding took a third of the
 * time of every start and a megabyte of each process, and most never read an archive. */
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "base/err.h"

#define NP_LIBARCHIVE_CALLS(X)                                                                     \
    X(archive_entry_filetype)                                                                      \
    X(archive_entry_gid)                                                                           \
    X(archive_entry_hardlink)                                                                      \
    X(archive_entry_mtime)                                                                         \
    X(archive_entry_mtime_nsec)                                                                    \
    X(archive_entry_pathname)                                                                      \
    X(archive_entry_perm)                                                                          \
    X(archive_entry_symlink)                                                                       \
    X(archive_entry_uid)                                                                           \
    X(archive_entry_xattr_next)                                                                    \
    X(archive_entry_xattr_reset)                                                                   \
    X(archive_error_string)                                                                        \
    X(archive_read_data_block)                                                                     \
    X(archive_read_disk_descend)                                                                   \
    X(archive_read_disk_new)                                                                       \
    X(archive_read_disk_open)                                                                      \
    X(archive_read_disk_set_behavior)                                                              \
    X(archive_read_disk_set_symlink_physical)                                                      \
    X(archive_read_free)                                                                           \
    X(archive_read_new)                                                                            \
    X(archive_read_next_header)                                                                    \
    X(archive_read_open_fd)                                                                        \
    X(archive_read_open_memory)                                                                    \
    X(archive_read_support_filter_bzip2)                                                           \
    X(archive_read_support_filter_gzip)                                                            \
    X(archive_read_support_filter_lz4)                                                             \
    X(archive_read_support_filter_xz)                                                              \
    X(archive_read_support_filter_zstd)                                                            \
    X(archive_read_support_format_empty)                                                           \
    X(archive_read_support_format_tar)

struct np_libarchive {
#define NP_LIBARCHIVE_CALL(name) __typeof__(name) *name;
    NP_LIBARCHIVE_CALLS(NP_LIBARCHIVE_CALL)
#undef NP_LIBARCHIVE_CALL
};

/* Any thread. NULL and *err when this machine has no libarchive. */
const struct np_libarchive *np_libarchive(struct np_err *err);
