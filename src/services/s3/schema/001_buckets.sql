-- Buckets and their configurations. Names are unique in the whole partition; an id is never used
-- again, so that what is left of a deleted bucket's objects belongs to nobody.
-- global: bucket names are partition-wide
CREATE TABLE s3_buckets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    versioning  INTEGER NOT NULL DEFAULT 0, -- enum s3_versioning
    object_lock INTEGER NOT NULL DEFAULT 0,
    notifies    INTEGER NOT NULL DEFAULT 0 -- it has a notification configuration
) STRICT;
CREATE INDEX s3_buckets_account ON s3_buckets (account, name);

-- One row for each configuration that a bucket has: CBOR by the model's names, or plain text.
-- global: a bucket's id stands for its account and region
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

-- How far the lifecycle's walk over a bucket has come, so that a restart goes on where it was.
-- global: a bucket's id stands for its account and region
CREATE TABLE s3_lifecycle_marks (
    bucket_id INTEGER PRIMARY KEY REFERENCES s3_buckets (id) ON DELETE CASCADE,
    round_ms  INTEGER NOT NULL, -- the round that the position belongs to, or that is over
    position  BLOB              -- NULL: the round is over
) STRICT;

-- What the test target of notifications was sent (serve --dev).
-- global: a target's name stands for itself
CREATE TABLE s3_test_deliveries (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX s3_test_deliveries_name ON s3_test_deliveries (name, id);

-- Lines of access logs that wait for their delivery, and the buckets that a delivery is planned for.
-- global: a bucket's id stands for its account and region
CREATE TABLE s3_log_lines (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket_id INTEGER NOT NULL REFERENCES s3_buckets (id) ON DELETE CASCADE,
    lines     BLOB NOT NULL
) STRICT;
CREATE INDEX s3_log_lines_bucket ON s3_log_lines (bucket_id, id);
-- global: a bucket's id stands for its account and region
CREATE TABLE s3_log_planned (
    bucket_id INTEGER PRIMARY KEY REFERENCES s3_buckets (id) ON DELETE CASCADE
) STRICT;
