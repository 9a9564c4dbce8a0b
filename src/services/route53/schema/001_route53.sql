-- A hosted zone. `sort` is its name with the labels in reverse order, as lists go by it.
CREATE TABLE route53_zone (
    account     TEXT NOT NULL,
    id          TEXT NOT NULL UNIQUE,       -- Z…, of the whole partition
    name        TEXT NOT NULL,              -- "example.com."
    sort        TEXT NOT NULL,
    reference   TEXT NOT NULL,              -- the caller's
    comment     TEXT,
    private     INTEGER NOT NULL,
    set_id      TEXT,                       -- of the reusable delegation set, if it has one
    servers     TEXT NOT NULL,              -- four numbers of name servers: "12,516,1027,1540"
    rrsets      INTEGER NOT NULL,
    signing     INTEGER NOT NULL,           -- DNSSEC is switched on
    created_ms  INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;
CREATE INDEX route53_zone_name ON route53_zone (account, sort, id);
CREATE UNIQUE INDEX route53_zone_reference ON route53_zone (account, reference);
CREATE INDEX route53_zone_set ON route53_zone (account, set_id);

-- global: a zone's id stands for its account; VPCs may be of another one
CREATE TABLE route53_zone_vpc (
    zone   TEXT NOT NULL REFERENCES route53_zone (id) ON DELETE CASCADE,
    vpc    TEXT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (zone, vpc)
) WITHOUT ROWID, STRICT;
CREATE INDEX route53_zone_vpc_vpc ON route53_zone_vpc (vpc, zone);

-- Who of another account may associate which VPC.
-- global: a zone's id stands for its account
CREATE TABLE route53_authorization (
    zone   TEXT NOT NULL REFERENCES route53_zone (id) ON DELETE CASCADE,
    vpc    TEXT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (zone, vpc)
) WITHOUT ROWID, STRICT;

-- A record set. What its policy does not use is NULL.
-- global: a zone's id stands for its account
CREATE TABLE route53_rrset (
    zone        TEXT NOT NULL REFERENCES route53_zone (id) ON DELETE CASCADE,
    sort        TEXT NOT NULL,
    type        TEXT NOT NULL,
    set_id      TEXT NOT NULL,              -- '': simple
    name        TEXT NOT NULL,
    ttl         INTEGER,
    data        TEXT,                       -- values, a line each; NULL: an alias
    weight      INTEGER,
    region      TEXT,
    continent   TEXT,
    country     TEXT,
    subdivision TEXT,
    failover    TEXT,
    multivalue  INTEGER,
    check_id    TEXT,
    alias_zone  TEXT,
    alias_name  TEXT,
    alias_check INTEGER,
    PRIMARY KEY (zone, sort, type, set_id)
) WITHOUT ROWID, STRICT;
CREATE INDEX route53_rrset_check ON route53_rrset (check_id) WHERE check_id IS NOT NULL;

CREATE TABLE route53_change (
    account      TEXT NOT NULL,
    id           TEXT NOT NULL,
    submitted_ms INTEGER NOT NULL,
    comment      TEXT,
    PRIMARY KEY (account, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX route53_change_submitted ON route53_change (submitted_ms);

-- Reusable delegation sets.
CREATE TABLE route53_set (
    account   TEXT NOT NULL,
    id        TEXT NOT NULL UNIQUE,
    reference TEXT NOT NULL,
    servers   TEXT NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;
CREATE UNIQUE INDEX route53_set_reference ON route53_set (account, reference);

-- Health checks. `config` is CBOR by the names of the model.
CREATE TABLE route53_check (
    account    TEXT NOT NULL,
    id         TEXT NOT NULL UNIQUE,
    reference  TEXT NOT NULL,
    version    INTEGER NOT NULL,
    config     BLOB NOT NULL,
    unhealthy  INTEGER NOT NULL,            -- as it was last seen, so that a start begins with it
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;
CREATE UNIQUE INDEX route53_check_reference ON route53_check (account, reference);

-- Key-signing keys of a zone: keys of KMS, and what they signed.
-- global: a zone's id stands for its account
CREATE TABLE route53_ksk (
    zone        TEXT NOT NULL REFERENCES route53_zone (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    reference   TEXT NOT NULL,
    kms_arn     TEXT NOT NULL,
    public      BLOB NOT NULL,              -- x and y of the point, 64 bytes
    status      TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL,
    PRIMARY KEY (zone, name)
) WITHOUT ROWID, STRICT;

-- The zone's own key, and the signature over all of its keys by each active key-signing key.
-- global: a zone's id stands for its account
CREATE TABLE route53_zsk (
    zone    TEXT NOT NULL PRIMARY KEY REFERENCES route53_zone (id) ON DELETE CASCADE,
    sealed  BLOB NOT NULL,                  -- the private scalar
    public  BLOB NOT NULL                   -- x and y of the point, 64 bytes
) WITHOUT ROWID, STRICT;

-- global: a zone's id stands for its account
CREATE TABLE route53_signature (
    zone       TEXT NOT NULL REFERENCES route53_zone (id) ON DELETE CASCADE,
    ksk        TEXT NOT NULL,
    rrsig      BLOB NOT NULL,               -- RDATA
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (zone, ksk)
) WITHOUT ROWID, STRICT;
