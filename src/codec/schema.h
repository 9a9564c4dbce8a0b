/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - descriptors of shapes and operations: what one table-driven codec reads for every
 * AWS protocol. The generator writes them from models/<service>.smithy; tests build them at run
 * time.
 *
 * C layout of a value, by type (a structure's member is stored at member->offset):
 *   NP_BLOB NP_STRING NP_ENUM      struct np_str          (absent: p == NULL)
 *   NP_BOOL                        struct np_opt_bool
 *   NP_BYTE NP_SHORT NP_INT NP_LONG NP_INTENUM NP_TIMESTAMP   struct np_opt_int
 *   NP_FLOAT NP_DOUBLE             struct np_opt_double
 *   NP_DOCUMENT                    const struct np_json * (NULL: absent)
 *   NP_LIST                        struct { T *v; size_t n; bool set; }      (struct np_vec)
 *   NP_MAP                         struct { E *v; size_t n; bool set; }, E = { struct np_str key; T
 * value; } NP_STRUCTURE NP_UNION          struct T * as a member or a map's value (NULL: absent);
 *                                  T in line as a list's element, with `bool np_null_` as no
 * member: sparse lists of structures hold pointers instead NP_STREAM                      nothing:
 * the body is streamed (np_req_body, np_reply_body) A union is a structure of which exactly one
 * member is set.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct np_json;

enum np_type {
    NP_BLOB,
    NP_STRING,
    NP_ENUM,
    NP_BOOL,
    NP_BYTE,
    NP_SHORT,
    NP_INT,
    NP_LONG,
    NP_INTENUM,
    NP_TIMESTAMP,
    NP_FLOAT,
    NP_DOUBLE,
    NP_DOCUMENT,
    NP_LIST,
    NP_MAP,
    NP_STRUCTURE,
    NP_UNION,
    NP_STREAM,
};

struct np_vec {
    void *v;
    size_t n;
    bool set;
};

enum np_time_format { NP_TIME_DEFAULT, NP_TIME_DATE_TIME, NP_TIME_HTTP_DATE, NP_TIME_EPOCH };

/* Where a member travels in the HTTP bindings. */
enum np_loc {
    NP_LOC_BODY,
    NP_LOC_HEADER,
    NP_LOC_PREFIX_HEADERS,
    NP_LOC_QUERY,
    NP_LOC_QUERY_PARAMS,
    NP_LOC_LABEL,
    NP_LOC_STATUS,
    NP_LOC_PAYLOAD,
    NP_LOC_HOST
};

enum np_member_flags {
    NP_M_REQUIRED = 1 << 0,
    NP_M_XML_FLAT = 1 << 1, /* xmlFlattened: list or map without wrapper (query and xml) */
    NP_M_XML_ATTR = 1 << 2,
    NP_M_IDEMPOTENCY_TOKEN = 1 << 3,
    NP_M_REFUSED = 1 << 4,   /* a call that sets it is refused; its off value is accepted */
    NP_M_STORED = 1 << 5,    /* kept and returned, changes nothing */
    NP_M_SENSITIVE = 1 << 6, /* never in the audit or a log */
    NP_M_GREEDY = 1 << 7,    /* {Key+} */
    NP_M_EVENT_PAYLOAD = 1 << 8,
    NP_M_JSON_VALUE = 1 << 9, /* string of media type application/json: base64 in a header */
    NP_M_MAY_BE_EMPTY =
        1 << 10, /* an empty text counts in ec2 too, whose clients send "" for none */
};

struct np_limits {    /* of a string, blob, list, map or number; checked by np_validate() */
    int64_t min, max; /* length or value */
    bool has_min, has_max;
    const char *pattern;       /* PCRE2, anchored as written; NULL: none */
    const char *const *values; /* enum, NULL-terminated */
};

struct np_member {
    const char *name; /* the model's */
    const struct np_shape *shape;
    uint32_t offset; /* in the C struct of the parent */
    uint16_t flags;
    uint8_t loc;
    uint8_t time_format;  /* overrides the shape's */
    const char *wire;     /* name of header, query parameter, prefix; NULL: name */
    const char *xml_name; /* xmlName; NULL: name. "prefix:name" allowed */
    const char *xml_ns, *xml_ns_prefix;
    const char *json_name; /* jsonName; NULL: name */
    const char *ec2_name;  /* ec2QueryName, NULL: by the ec2 rule (xmlName capitalised, or name) */
    const struct np_limits *limits; /* of this member; NULL: the shape's */
    const char *off; /* with REFUSED: the accepted off value, NULL: false, 0, empty */
};

struct np_shape {
    const char *name;
    uint8_t type;
    uint8_t time_format;
    bool sparse;
    bool streaming;   /* of a blob: NP_STREAM on the wire */
    uint32_t size;    /* sizeof the C struct of a structure; stride of a list's or map's element */
    uint32_t text_at; /* structure: where a struct np_str stands that, when it is set, is all
                       * members as XML (np_ec2_put_members() made it), and they are not looked at;
                       * 0: nowhere */
    uint32_t n_members; /* structure, union: all; list: 1 (element); map: 2 (key, value) */
    const struct np_member *members; /* of a map: value's offset is set, key's is 0 */
    const char *xml_name;            /* root element of a structure; NULL: by protocol */
    const char *xml_ns, *xml_ns_prefix;
    const struct np_limits *limits;
};

/* An error that an API can answer. */
struct np_fault_def {
    const char *name; /* shape name: what json and cbor send as __type */
    const char *code; /* what xml sends and x-amzn-query-error carries; NULL: name */
    int status;
    int query_status;             /* awsQueryError's: of the query protocol; 0: status */
    bool sender;                  /* Sender (4xx) or Receiver */
    const struct np_shape *shape; /* its members; NULL: "message" alone */
};

enum np_protocol {
    NP_PROTO_QUERY,
    NP_PROTO_EC2,
    NP_PROTO_JSON10,
    NP_PROTO_JSON11,
    NP_PROTO_REST_JSON,
    NP_PROTO_REST_XML,
    NP_PROTO_CBOR,
    NP_PROTOCOLS
};

/* One segment of a URI pattern. */
struct np_uri_seg {
    const char *literal; /* NULL: a label */
    const struct np_member *label;
};

struct np_codec_op {
    const char *name;
    const char *method;                       /* "POST" outside rest protocols */
    const char *uri;                          /* "/{Bucket}/{Key+}?uploads" as in the model */
    int status;                               /* of success */
    const struct np_shape *in, *out;          /* structures, never NULL (may have no members) */
    const struct np_fault_def *const *faults; /* NULL-terminated */
    bool checksum_required;                   /* httpChecksumRequired */
    bool no_output;     /* the model gives it none; query: no Result element */
    bool xml_unwrapped; /* s3UnwrappedXmlOutput: the only member's element is the root */
};

/* What a protocol needs to know of the service. */
struct np_codec_service {
    const char *name;            /* folder name: "s3" */
    const char *sdk_id;          /* "S3" */
    const char *signing_name;    /* credential scope's service */
    const char *endpoint_prefix; /* host name's first label: "monitoring" */
    const char *version;         /* query: Version */
    const char
        *target_prefix; /* json: before the '.' in X-Amz-Target; cbor: service name in the path */
    const char *cbor_name;
    const char *xml_ns;        /* default namespace of replies; NULL: none */
    bool rest_xml_bare_errors; /* S3: <Error> without <ErrorResponse> */
    bool query_compatible;     /* awsQueryCompatible: x-amzn-query-error */
    const char *const
        *subresources;  /* rest: query keys that name operations which are not served: a request
                         * with one must not reach another operation; NULL-terminated, or NULL */
    uint16_t protocols; /* bits 1 << enum np_protocol */
    const struct np_codec_op *const *ops;
    size_t n_ops;
};
