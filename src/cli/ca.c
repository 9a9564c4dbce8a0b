/* SPDX-License-Identifier: Apache-2.0 */
/* ca.c - the root certificate of the region, for whoever wants to trust what it issues. */
#include <stdio.h>

#include "cli/ask.h"
#include "io/file.h"

#define PEM_MAX 65536

int cli_ca(struct cli *c)
{
    struct np_str pem;
    if (!cli_read(c, NP_FOR_CLIENT, NULL) || !cli_end(c))
        return 2;
    int rc = np_file_read(c->arena, cli_in_data(c, "tls/ca.pem"), PEM_MAX, &pem, &c->err);
    /* The region of another user answers what its folder does not show. */
    if (rc != 0 && cli_gateway(c).p != NULL &&
        cli_ask(c, "GET", NP_STR("/_nephele/ca.pem"), &pem) == 200)
        rc = 0;
    if (rc == NP_ENOENT)
        return cli_say("no region was ever started on %.*s; try `nephele start`",
                       NP_FMT(c->settings.core.data_dir));
    if (rc != 0)
        return cli_fail(c);
    fwrite(pem.p, 1, pem.n, stdout);
    return 0;
}
