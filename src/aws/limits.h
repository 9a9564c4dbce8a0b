/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a client can grow in the front door, at most. */
#pragma once

#define NP_QUERY_PAIRS_MAX 1000          /* pairs of a URL's query */
#define NP_SECRET_MAX      128           /* bytes of a secret access key */
#define NP_DOC_DEFAULT_MAX (1024 * 1024) /* bytes of a document, unless the operation says more */
#define NP_BODIES_MAX                                                                              \
    (256LL << 20)                /* bytes of all documents in memory, over all workers; then 503 */
#define NP_CHUNK_LINE_MAX    256 /* bytes of an aws-chunked size line */
#define NP_TRAILER_MAX       (16 * 1024)        /* bytes of the trailer section */
#define NP_REPLY_MAX         (64LL << 20)       /* bytes of a reply's document */
#define NP_REPLY_FIELDS_MAX  32                 /* fields beside the model's */
#define NP_PAGE_POSITION_MAX (32 * 1024)        /* bytes of a position in a page token */
#define NP_SIGNING_KEYS_MAX  4096               /* cached signing keys a worker */
#define NP_SKEW_MS           (15 * 60 * 1000LL) /* S3's; the others allow 5 minutes */
#define NP_SKEW_SHORT_MS     (5 * 60 * 1000LL)
/* Replies kept to be sent again, a worker: questions remembered, bytes of one's input and of its
 * reply, and of all. */
#define NP_REPLIES_SLOTS     64
#define NP_REPLIES_KEY_MAX   4096
#define NP_REPLIES_BODY_MAX  (256 * 1024)
#define NP_REPLIES_BYTES_MAX (1 << 20)
#define NP_AUDIT_RING_MAX    (4 << 20) /* bytes of reads that wait for the audit's file, a worker */
#define NP_AUDIT_KINDS       128       /* kinds of calls that its file need not say again */

#define NP_JWKS_KEYS_MAX     100          /* keys of a provider of identities */
#define NP_JWKS_BYTES_MAX    (256u << 10) /* of each of its documents */
#define NP_JWKS_AGE_MS       (10 * 60000)
#define NP_JWKS_MISS_MS      10000 /* a missing key is not asked for more often */
#define NP_ISSUERS_MAX       64    /* whose keys a loop remembers */
#define NP_ISSUER_TIMEOUT_MS 5000u
#define NP_JWK_RSA_BITS_MIN  2048
#define NP_JWK_RSA_BITS_MAX  8192
#define NP_DENIAL_MAX        7000 /* bytes of a denial's JSON: its coded form is below 10240 */

/* The pool: what services register, and how far from 20000 on a stand-in for a port is looked for.
 */
#define NP_POOL_SERVICES_MAX 16
#define NP_POOL_PORTS_MAX    8 /* a bit each of a byte */
#define NP_POOL_OWNERS_MAX   32
#define NP_POOL_NAME_MAX     32 /* bytes of a service's name */
#define NP_POOL_STANDIN      20000
#define NP_POOL_STANDINS_MAX 200

#define NP_ENDPOINTS_MAX (4 << 20) /* bytes of the list of endpoints */
#define NP_PAC_MAX       (4 << 20) /* bytes of proxy.pac */

/* CONNECT: pipes of one worker, bytes of a client that come before it is connected, and how long
 * that may take. */
#define NP_CONNECTS_MAX       4096
#define NP_CONNECT_UNREAD_MAX ((size_t)64 * 1024)
#define NP_CONNECT_TIMEOUT_MS 10000
