/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a client can make the codec hold, at most. Each has a test at limit + 1. */
#pragma once

#define NP_JSON_DEPTH_MAX       64     /* arrays and objects inside each other */
#define NP_JSON_NODES_MAX       500000 /* values of a tree */
#define NP_XML_DEPTH_MAX        64     /* elements inside each other */
#define NP_XML_NODES_MAX        300000 /* elements and attributes of a document */
#define NP_CBOR_DEPTH_MAX       64
#define NP_SHAPE_DEPTH_MAX      64          /* shapes inside each other: recursive models */
#define NP_FORM_PAIRS_MAX       20000       /* pairs of a form or a query string */
#define NP_FORM_INDEX_MAX       10000       /* the N of "Name.member.N" */
#define NP_FORM_DATA_FIELDS_MAX 128         /* parts of a multipart form, up to the file */
#define NP_DECODED_BYTES_MAX    (64u << 20) /* structs and lists that a request decodes into */
#define NP_MATCH_STEPS_MAX      200000      /* steps of one pattern on one value */
#define NP_MATCH_KIB_MAX        4096        /* memory that it may take */
#define NP_QUERY_PARAMS_MAX     1000 /* parameters of a request that collects them in a map */
#define NP_HEADER_MAX           (64u << 10) /* text of one header of a reply */
