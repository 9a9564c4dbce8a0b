-- Buckets and their configurations. Names are unique in the whole partition; an id is never used
-- again, so that what is left of a deleted bucket's objects belongs to nobody.
CREATE TABLE s3_buckets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    versioning  INTEGER NOT NULL DEFAULT 0, -- enum s3_versioning
    object_lock INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX s3_buckets_account ON s3_buckets (account, name);

-- One row for each configuration that a bucket has: CBOR by the model's names, or plain text.
CREATE TABLE s3_bucket_configs (
    bucket_id INTEGER NOT NULL REFERENCES s3_buckets (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL,
    value     BLOB NOT NULL,
    PRIMARY KEY (bucket_id, kind)
) WITHOUT ROWID, STRICT;

-- The account's own: its public access block.
CREATE TABLE s3_account_configs (
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    value   BLOB NOT NULL,
    PRIMARY KEY (account, kind)
) WITHOUT ROWID, STRICT;
