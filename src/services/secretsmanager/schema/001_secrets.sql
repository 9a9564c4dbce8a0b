-- A secret in a region, or its replica in another one. A replica has no description, policy, tags,
-- versions or labels of its own: it reads those of `primary_id`, in the same account.
CREATE TABLE secretsmanager_secret (
    account      TEXT NOT NULL,
    region       TEXT NOT NULL,
    name         TEXT NOT NULL,
    id           INTEGER NOT NULL UNIQUE,
    suffix       TEXT NOT NULL,             -- the six characters that end its ARN
    primary_id   INTEGER REFERENCES secretsmanager_secret (id), -- of a replica
    create_token TEXT,                      -- of the call that made it
    description  TEXT,
    kms_key      TEXT,                      -- as the caller named it; NULL: aws/secretsmanager
    policy       TEXT,
    created_ms   INTEGER NOT NULL,
    changed_ms   INTEGER NOT NULL,
    accessed_ms  INTEGER,                   -- the day
    delete_ms    INTEGER,                   -- when it goes, once it is marked
    PRIMARY KEY (account, region, name)
) STRICT;
CREATE INDEX secretsmanager_secret_primary ON secretsmanager_secret (primary_id);
CREATE INDEX secretsmanager_secret_created ON secretsmanager_secret (account, region, created_ms, id);
CREATE INDEX secretsmanager_secret_changed ON secretsmanager_secret (account, region, changed_ms, id);

-- global: ids of secrets are never used again
CREATE TABLE secretsmanager_id (
    next INTEGER PRIMARY KEY
) STRICT;
INSERT INTO secretsmanager_id (next) VALUES (1);

-- global: a secret's id stands for its account and region
CREATE TABLE secretsmanager_tag (
    secret INTEGER NOT NULL REFERENCES secretsmanager_secret (id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (secret, key)
) WITHOUT ROWID, STRICT;

-- global: a secret's id stands for its account and region
CREATE TABLE secretsmanager_version (
    secret      INTEGER NOT NULL REFERENCES secretsmanager_secret (id) ON DELETE CASCADE,
    id          TEXT NOT NULL,
    seq         INTEGER NOT NULL,           -- rises with each version of the secret
    binary      INTEGER NOT NULL,           -- SecretBinary, not SecretString
    same        BLOB NOT NULL,              -- keyed MAC of the value: is it the same?
    created_ms  INTEGER NOT NULL,
    accessed_ms INTEGER,
    PRIMARY KEY (secret, id)
) WITHOUT ROWID, STRICT;

-- The value of a version under a key of a region: after a change of keys under both, as on AWS.
-- global: a secret's id stands for its account and region
CREATE TABLE secretsmanager_envelope (
    secret      INTEGER NOT NULL,
    version     TEXT NOT NULL,
    region      TEXT NOT NULL,
    seq         INTEGER NOT NULL,           -- the highest is asked first
    kms_key     TEXT NOT NULL,              -- ARN of the key that wrapped data_key
    own         INTEGER NOT NULL,           -- 0: that key is aws/secretsmanager
    data_key    BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    PRIMARY KEY (secret, version, region, seq),
    FOREIGN KEY (secret, version) REFERENCES secretsmanager_version (secret, id) ON DELETE CASCADE
) STRICT;

-- global: a secret's id stands for its account and region
CREATE TABLE secretsmanager_stage (
    secret  INTEGER NOT NULL,
    stage   TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (secret, stage),
    FOREIGN KEY (secret, version) REFERENCES secretsmanager_version (secret, id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;

-- Where a secret has to be. There is a secret of that region with primary_id, unless its name was
-- taken there.
-- global: a secret's id stands for its account and region
CREATE TABLE secretsmanager_replica (
    secret  INTEGER NOT NULL REFERENCES secretsmanager_secret (id) ON DELETE CASCADE,
    region  TEXT NOT NULL,
    kms_key TEXT,                           -- as the caller named it
    problem TEXT,                           -- why it is not in sync
    PRIMARY KEY (secret, region)
) WITHOUT ROWID, STRICT;
