-- Lines of logs until they are delivered.
-- global: a source is of the account; its service knows the region.
CREATE TABLE np_log_lines (
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    source  TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    lines   BLOB NOT NULL,
    PRIMARY KEY (account, kind, source, seq)
) WITHOUT ROWID, STRICT;
