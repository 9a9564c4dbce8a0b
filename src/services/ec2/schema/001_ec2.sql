-- Which networks and machines a region has begun with: an account that is here had its default VPC made.
CREATE TABLE ec2_account (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (account, region)
) STRICT, WITHOUT ROWID;

-- Every resource: CBOR of the structure that its Describe answers, and of one of our own beside it.
CREATE TABLE ec2_item (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    id      TEXT NOT NULL,
    kind    TEXT NOT NULL,
    vpc     TEXT NOT NULL, -- '': of none
    name    TEXT,
    made_ms INTEGER NOT NULL,
    detail  BLOB NOT NULL,
    own     BLOB,
    PRIMARY KEY (account, region, id)
) STRICT;
CREATE INDEX ec2_item_vpc ON ec2_item (account, region, kind, vpc);
CREATE UNIQUE INDEX ec2_item_name ON ec2_item (account, region, kind, name) WHERE name IS NOT NULL;

-- What a resource needs; that cannot go before it.
CREATE TABLE ec2_ref (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    item    TEXT NOT NULL,
    what    TEXT NOT NULL,
    target  TEXT NOT NULL,
    PRIMARY KEY (account, region, item, what, target),
    FOREIGN KEY (account, region, item) REFERENCES ec2_item ON DELETE CASCADE,
    FOREIGN KEY (account, region, target) REFERENCES ec2_item
) STRICT, WITHOUT ROWID;
CREATE INDEX ec2_ref_target ON ec2_ref (account, region, target, what);
