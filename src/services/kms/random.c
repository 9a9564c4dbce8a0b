/* SPDX-License-Identifier: Apache-2.0 */
/* random.c - bytes that nobody knows. */
#include "base/digest.h"
#include "services/kms/kms_int.h"

int kms_GenerateRandom(struct np_req *rq, const struct kms_GenerateRandomRequest *in,
                       struct kms_GenerateRandomResponse *out, struct np_err *err)
{
    if (!in->NumberOfBytes.set)
        return np_fault(err, &NP_ValidationException, "NumberOfBytes is required.");
    size_t n = (size_t)in->NumberOfBytes.v;
    uint8_t *bytes = np_alloc_raw(rq->arena, n);
    np_random(bytes, n);
    out->Plaintext = np_str_n(bytes, n);
    return 0;
}
