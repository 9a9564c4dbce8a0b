-- Who has which address of the pool. A slot that was given back stays, so that it is the last to be given again.
-- global: the addresses are the host's; an owner's ARN names its account.
CREATE TABLE np_pool (
    slot    INTEGER PRIMARY KEY,
    owner   TEXT,             -- NULL: given back
    ordinal INTEGER NOT NULL,
    freed   INTEGER NOT NULL  -- the commit that gave it back
) STRICT;
CREATE UNIQUE INDEX np_pool_owner ON np_pool (owner, ordinal) WHERE owner IS NOT NULL;
CREATE INDEX np_pool_freed ON np_pool (freed) WHERE owner IS NULL;
