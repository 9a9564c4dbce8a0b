-- SPDX-License-Identifier: Apache-2.0
-- Keys are regional; a replica of a multi-region key is a key of its own with the same id. What belongs to a
-- key goes with it.

CREATE TABLE kms_key (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,               -- UUID, or mrk- and 32 digits
    spec TEXT NOT NULL,
    usage TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    aws INTEGER NOT NULL,           -- managed by a service of AWS
    description TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    policy TEXT NOT NULL,
    window_days INTEGER,            -- asked for by ScheduleKeyDeletion
    deletion_ms INTEGER,            -- with state PendingDeletion
    rotation_days INTEGER,          -- NULL: not by itself
    rotation_ms INTEGER,            -- when it is due
    primary_region TEXT,            -- of a multi-region key
    PRIMARY KEY (account, region, id)
) WITHOUT ROWID;
CREATE INDEX kms_key_owned ON kms_key (account, region, aws);
CREATE INDEX kms_key_deletion ON kms_key (deletion_ms) WHERE deletion_ms IS NOT NULL;
CREATE INDEX kms_key_rotation ON kms_key (rotation_ms) WHERE rotation_ms IS NOT NULL;
CREATE INDEX kms_key_replicas ON kms_key (account, id) WHERE primary_region IS NOT NULL;

CREATE TABLE kms_material (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,           -- from 1, in the order of rotations
    id BLOB NOT NULL,               -- KeyMaterialId, 32 bytes
    sealed BLOB,                    -- bound to key and id; NULL: imported, and deleted or expired
    public BLOB,                    -- SubjectPublicKeyInfo of an asymmetric key
    state TEXT NOT NULL CHECK (state IN ('CURRENT', 'NON_CURRENT', 'PENDING_ROTATION')),
    rotated TEXT,                   -- AUTOMATIC, ON_DEMAND; NULL: the first
    created_ms INTEGER NOT NULL,    -- when it became current
    expires_ms INTEGER,             -- of imported material
    description TEXT,
    PRIMARY KEY (account, region, key, seq),
    FOREIGN KEY (account, region, key) REFERENCES kms_key (account, region, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX kms_material_expiry ON kms_material (expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE kms_alias (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,             -- with alias/
    key TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (account, region, name),
    FOREIGN KEY (account, region, key) REFERENCES kms_key (account, region, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX kms_alias_key ON kms_alias (account, region, key, name);

CREATE TABLE kms_grant (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    grantee TEXT NOT NULL,
    retiring TEXT,
    issuer TEXT NOT NULL,           -- account of who made it
    operations TEXT NOT NULL,       -- with commas
    equals INTEGER NOT NULL,        -- the context is the whole, not a part
    context BLOB,                   -- canonical encryption context; NULL: no constraint
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (account, region, key, id),
    FOREIGN KEY (account, region, key) REFERENCES kms_key (account, region, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX kms_grant_grantee ON kms_grant (account, region, key, grantee);
CREATE INDEX kms_grant_retiring ON kms_grant (region, retiring, account, key, id) WHERE retiring IS NOT NULL;
CREATE UNIQUE INDEX kms_grant_id ON kms_grant (account, region, id);
