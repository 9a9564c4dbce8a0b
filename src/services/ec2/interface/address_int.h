/* SPDX-License-Identifier: Apache-2.0 */
/* address_int.h - elastic IPs and interfaces: shared by address.c, public.c and nat.c. In an apply.
 */
#pragma once

#include "services/ec2/interface/address.h"
#include "services/ec2/ec2_int.h"

/* --- public.c --- */
/* A private address of an interface (absent: the primary one); NULL: it has none such. */
struct ec2_NetworkInterfacePrivateIpAddress *ec2_eni_private(const struct ec2_item *eni,
                                                             struct np_str ip);
/* as NULL: it has no public address any more. */
void ec2_eni_show_public(struct ec2_item *eni, struct ec2_NetworkInterfacePrivateIpAddress *at,
                         struct ec2_NetworkInterfaceAssociation *as);
int ec2_pool_take(struct np_txn *t, const struct ec2_item *it, struct np_str *ip,
                  struct np_err *err);
int ec2_pool_drop(struct np_txn *t, const struct ec2_item *it, struct np_err *err);

/* --- address_use.c --- */
struct ec2_address_use {
    struct ec2_item *address, *eni;
    struct np_str private_ip; /* absent: the primary one */
    bool by_gateway;
};
/* Both items are changed and put. What stood on the private address before goes. */
int ec2_address_join(struct np_txn *t, const struct ec2_address_use *u, struct np_err *err);
/* The address stands free again. eni: its interface, which the caller puts; NULL: it is read and
 * put here. */
int ec2_address_free(struct np_txn *t, struct ec2_item *address, struct ec2_item *eni,
                     struct np_err *err);
int ec2_address_check_free(const struct ec2_item *address, struct np_err *err);
