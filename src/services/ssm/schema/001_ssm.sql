-- SPDX-License-Identifier: Apache-2.0
-- Parameters are regional. `key` is the name with a leading slash: "a" and "/a" are one parameter, which keeps the
-- name that it was made with.

CREATE TABLE ssm_parameter (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,       -- the newest
    tier TEXT NOT NULL,             -- of the newest
    expires_ms INTEGER,             -- by the Expiration policy of the newest
    PRIMARY KEY (account, region, key)
) WITHOUT ROWID;
CREATE INDEX ssm_parameter_expiry ON ssm_parameter (expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE ssm_version (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,            -- of a SecureString: base64 of what KMS made of it
    key_id TEXT,                    -- as it was given
    modified_ms INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    description TEXT,
    pattern TEXT,
    tier TEXT NOT NULL,
    policies TEXT,
    data_type TEXT NOT NULL,
    PRIMARY KEY (account, region, key, version),
    FOREIGN KEY (account, region, key) REFERENCES ssm_parameter (account, region, key) ON DELETE CASCADE
);

CREATE TABLE ssm_label (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (account, region, key, label),
    FOREIGN KEY (account, region, key, version) REFERENCES ssm_version (account, region, key, version) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX ssm_label_version ON ssm_label (account, region, key, version);

-- How many parameters of each tier there are, so that a quota costs no count.
CREATE TABLE ssm_count (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    tier TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (account, region, tier)
) WITHOUT ROWID;
