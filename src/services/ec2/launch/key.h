/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - SSH keys of instances: made, read from what people import, told by fingerprints.
 *
 * Pure functions; any thread. Making an RSA key takes tens of milliseconds: in a job.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct ec2_key {
    struct np_str type;        /* "rsa", "ed25519" */
    struct np_str public_line; /* "ssh-rsa AAAA…", as in authorized_keys, without a comment */
    struct np_str fingerprint;
    struct np_str material; /* of a made one: its private half as ssh reads it; in the arena */
};

/* type: "rsa" (2048 bits) or "ed25519". */
int ec2_key_make(struct np_arena *a, struct np_str type, struct ec2_key *out, struct np_err *err);

/* Public key as people import it: a line of OpenSSH, the same in RFC 4716's form, or DER of a
 * SubjectPublicKeyInfo in base64 (with or without PEM's lines). NP_EINVAL: none of these, or of an
 * algorithm or size that EC2 does not take. */
int ec2_key_read(struct np_arena *a, struct np_str text, struct ec2_key *out, struct np_err *err);

#define EC2_KEY_TEXT_MAX 8192 /* bytes of what is imported */
