-- Tables that every service shares, in both files: tags, idempotency tokens, the audit of writes.
CREATE TABLE np_tags (
    account TEXT NOT NULL,
    arn     TEXT NOT NULL,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (account, arn, key)
) WITHOUT ROWID, STRICT;

CREATE TABLE np_idempotency (
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    operation  TEXT NOT NULL,
    token      TEXT NOT NULL,
    input_hash INTEGER NOT NULL,
    made_ms    INTEGER NOT NULL,
    answer     BLOB NOT NULL,
    PRIMARY KEY (account, region, operation, token)
) WITHOUT ROWID, STRICT;
CREATE INDEX np_idempotency_made ON np_idempotency (made_ms);

-- global: read in the order of time by the deliveries to trails; each row names account and region.
CREATE TABLE np_audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    event   TEXT NOT NULL
) STRICT;
CREATE INDEX np_audit_account ON np_audit (account, region, time_ms);
CREATE INDEX np_audit_time ON np_audit (time_ms);
