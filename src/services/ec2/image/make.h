/* SPDX-License-Identifier: Apache-2.0 */
/* make.h - what makes an image's item: shared by CreateImage, RegisterImage, CopyImage. */
#pragma once

#include "services/ec2/image/image_int.h"

/* A fresh item of that name, with what all images have; not yet a row. */
struct ec2_item *ec2_image_new(struct np_txn *t, struct np_str name, struct np_str description);
/* Row, references to its snapshots, tags of "image". InvalidAMIName.Duplicate. */
int ec2_image_add(struct np_txn *t, struct ec2_item *it,
                  const struct ec2_TagSpecificationList *specs, struct np_err *err);
int ec2_image_name_ok(struct np_str name, struct np_err *err); /* InvalidAMIName.Malformed */
int ec2_image_room(struct np_txn *t, struct np_err *err);      /* the quota */
