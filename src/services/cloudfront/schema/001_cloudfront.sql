-- SPDX-License-Identifier: Apache-2.0
-- CloudFront: what is configured. The edge reads projections of it.

-- Policies, origin access controls and identities, public keys, key groups: everything that has a
-- name or a caller's reference, a version and a document.
CREATE TABLE cloudfront_item (
    account     TEXT NOT NULL,
    kind        TEXT NOT NULL,              -- struct cloudfront_kind.name
    id          TEXT NOT NULL,
    name        TEXT,                       -- unique of its kind; NULL: that kind has none
    reference   TEXT,                       -- CallerReference
    etag        TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    config      BLOB NOT NULL,              -- CBOR by the model's names
    PRIMARY KEY (account, kind, id)
) STRICT;
CREATE UNIQUE INDEX cloudfront_item_name ON cloudfront_item (account, kind, name);
CREATE UNIQUE INDEX cloudfront_item_reference ON cloudfront_item (account, kind, reference);

CREATE TABLE cloudfront_distribution (
    account     TEXT NOT NULL,
    id          TEXT NOT NULL UNIQUE,
    domain      TEXT NOT NULL UNIQUE,       -- d111111abcdef8.cloudfront.net
    reference   TEXT NOT NULL,              -- CallerReference
    etag        TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    config      BLOB NOT NULL,              -- DistributionConfig in CBOR, with every default filled in
    PRIMARY KEY (account, id)
) STRICT;
CREATE UNIQUE INDEX cloudfront_distribution_reference
    ON cloudfront_distribution (account, reference);

-- Where it is reached: one address of the pool for each edge location.
CREATE TABLE cloudfront_place (
    account      TEXT NOT NULL,
    distribution TEXT NOT NULL,
    location     INTEGER NOT NULL,
    slot         INTEGER NOT NULL,
    PRIMARY KEY (account, distribution, location),
    FOREIGN KEY (account, distribution) REFERENCES cloudfront_distribution (account, id)
        ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

-- global: an alias belongs to one distribution of the partition
CREATE TABLE cloudfront_alias (
    alias        TEXT NOT NULL PRIMARY KEY, -- lower case; "*.example.com" too
    distribution TEXT NOT NULL REFERENCES cloudfront_distribution (id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;
CREATE INDEX cloudfront_alias_distribution ON cloudfront_alias (distribution);

-- Who refers to what: a distribution or a key group to items.
CREATE TABLE cloudfront_use (
    account TEXT NOT NULL,
    user    TEXT NOT NULL,                  -- id of the distribution or key group
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    PRIMARY KEY (account, user, kind, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX cloudfront_use_of ON cloudfront_use (account, kind, id, user);

CREATE TABLE cloudfront_invalidation (
    account      TEXT NOT NULL,
    distribution TEXT NOT NULL,
    seq          INTEGER NOT NULL,          -- the newest has the highest
    id           TEXT NOT NULL,
    reference    TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    batch        BLOB NOT NULL,             -- InvalidationBatch in CBOR
    PRIMARY KEY (account, distribution, seq),
    FOREIGN KEY (account, distribution) REFERENCES cloudfront_distribution (account, id)
        ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX cloudfront_invalidation_id
    ON cloudfront_invalidation (account, distribution, id);
CREATE UNIQUE INDEX cloudfront_invalidation_reference
    ON cloudfront_invalidation (account, distribution, reference);

-- Lines of access logs until they are delivered.
CREATE TABLE cloudfront_log (
    account      TEXT NOT NULL,
    distribution TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    lines        BLOB NOT NULL,
    PRIMARY KEY (account, distribution, seq),
    FOREIGN KEY (account, distribution) REFERENCES cloudfront_distribution (account, id)
        ON DELETE CASCADE
) STRICT;
