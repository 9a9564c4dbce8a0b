-- global: there is one host; ranges of user ids that its instances have, of all accounts and regions.
CREATE TABLE ec2_slot (
    slot     INTEGER PRIMARY KEY,
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    instance TEXT NOT NULL,
    UNIQUE (account, region, instance)
) STRICT;

-- What an account's new instances have as metadata options, in a region.
CREATE TABLE ec2_metadata_defaults (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    detail  BLOB NOT NULL, -- CBOR of InstanceMetadataDefaultsResponse
    PRIMARY KEY (account, region)
) STRICT, WITHOUT ROWID;
