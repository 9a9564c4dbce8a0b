-- SPDX-License-Identifier: Apache-2.0
-- Functions of the edge. Publishing copies the row of one stage to the other.
CREATE TABLE cloudfront_function (
    account     TEXT NOT NULL,
    name        TEXT NOT NULL,
    stage       TEXT NOT NULL CHECK (stage IN ('DEVELOPMENT', 'LIVE')),
    etag        TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    config      BLOB NOT NULL,              -- FunctionConfig in CBOR
    code        BLOB NOT NULL,
    PRIMARY KEY (account, name, stage)
) STRICT;
