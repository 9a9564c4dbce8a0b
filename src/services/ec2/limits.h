/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a client can grow in EC2, at most: AWS's quotas, and the region's own. */
#pragma once

#define EC2_FILTERS_MAX       50           /* of a call */
#define EC2_FILTER_VALUES_MAX 200          /* of all filters of a call */
#define EC2_IDS_MAX           1000         /* of a Describe */
#define EC2_TAGGED_MAX        1000         /* resources of one CreateTags */
#define EC2_DETAIL_MAX        (256 * 1024) /* bytes of a row's structure */
#define EC2_TEXT_MAX          (16 << 20)   /* bytes of it as XML; what a row can have is far less */
#define EC2_SCRATCH_KEEP      (64 << 10)   /* of a Describe, from one item to the next */

#define EC2_VPCS_MAX              100 /* an account's, in a region */
#define EC2_VPC_BLOCKS_MAX        5
#define EC2_SUBNETS_MAX           200 /* a VPC's */
#define EC2_TABLES_MAX            200 /* a VPC's */
#define EC2_ROUTES_MAX            500 /* a table's */
#define EC2_INTERNET_GATEWAYS_MAX 100
#define EC2_NAT_GATEWAYS_MAX      50 /* a zone's */
#define EC2_NAT_ADDRESSES_MAX     8
#define EC2_ADDRESSES_MAX         100
#define EC2_DHCP_OPTIONS_MAX      100
#define EC2_PEERINGS_MAX          50 /* a VPC's */
#define EC2_PEERINGS_PENDING_MAX  25

#define EC2_DESCRIPTION_MAX            255
#define EC2_GROUPS_MAX                 2500 /* an account's, in a region */
#define EC2_RULES_MAX                  60   /* a group's, each direction, of IPv4 and of IPv6 */
#define EC2_GROUP_VPCS_MAX             5    /* beside its own */
#define EC2_RULES_PER_CALL             1000
#define EC2_INTERFACE_GROUPS_MAX       5
#define EC2_INTERFACES_MAX             5000 /* an account's, in a region */
#define EC2_INTERFACE_ADDRESSES_MAX    50
#define EC2_ACLS_MAX                   200 /* a VPC's */
#define EC2_ACL_ENTRIES_MAX            20  /* each direction, beside the last one */
#define EC2_LISTS_MAX                  100 /* an account's, in a region */
#define EC2_LIST_ENTRIES_MAX           1000
#define EC2_LIST_VERSIONS_MAX          1000
#define EC2_LIST_BYTES_MAX             (512 * 1024) /* of the entries of a version */
#define EC2_ENDPOINTS_MAX              50           /* a VPC's interface endpoints */
#define EC2_GATEWAY_ENDPOINTS_MAX      20           /* an account's, in a region */
#define EC2_POLICY_MAX                 20480        /* characters of an endpoint's */
#define EC2_FLOW_LOGS_MAX              1000         /* an account's, in a region */
#define EC2_FLOW_LOGS_PER_RESOURCE_MAX 5

#define EC2_KEY_PAIRS_MAX         5000
#define EC2_TEMPLATES_MAX         5000
#define EC2_TEMPLATE_VERSIONS_MAX 10000       /* of a template */
#define EC2_TEMPLATE_DATA_MAX     (64 * 1024) /* bytes of a version's data */
#define EC2_USER_DATA_MAX         (16 * 1024) /* bytes, decoded */
#define EC2_INSTANCES_MAX         1000 /* an account's that are not terminated, in a region */
#define EC2_LAUNCH_MAX            100  /* instances of one call */
#define EC2_SLOTS_MAX             1024 /* ranges of user ids of a host; the first is nobody's */
#define EC2_DETACHED_SHOWN_MS     (10 * 1000)      /* an attachment that was ended */
#define EC2_INSTANCE_SHOWN_MS     (60 * 60 * 1000) /* a terminated one */
#define EC2_IMAGES_MAX            500              /* an account's, in a region */
#define EC2_MAPPINGS_MAX          40               /* of an image */

#define EC2_VOLUMES_MAX           5000  /* an account's, in a region */
#define EC2_SNAPSHOTS_MAX         10000 /* the same */
#define EC2_SNAPSHOT_ACCOUNTS_MAX 200   /* that one is shared with */
