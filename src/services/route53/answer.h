/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h - hosted zones for the rest of the region: aws/names.h asks here. */
#pragma once

struct np_core;

void route53_answer_register(struct np_core *core);
