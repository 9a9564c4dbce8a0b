-- SPDX-License-Identifier: Apache-2.0
-- IAM is global: every key starts with the account. Users, groups and roles share one table, because
-- policies attach to all three alike; what attaches names the entity by its id, which survives a rename.

CREATE TABLE iam_account (
    account TEXT NOT NULL PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    alias TEXT UNIQUE,
    password_policy BLOB,           -- CBOR of PasswordPolicy
    token_version INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;

CREATE TABLE iam_entity (
    account TEXT NOT NULL REFERENCES iam_account (account),
    kind TEXT NOT NULL CHECK (kind IN ('user', 'group', 'role')),
    name TEXT NOT NULL COLLATE NOCASE,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    boundary TEXT,                  -- ARN of a managed policy
    description TEXT,
    trust TEXT,                     -- roles
    max_session_s INTEGER,
    service TEXT,                   -- of a service-linked role: its service principal
    used_ms INTEGER,                -- role: last use; user: last use of the password
    used_region TEXT,
    PRIMARY KEY (account, kind, name)
) WITHOUT ROWID;
CREATE UNIQUE INDEX iam_entity_id ON iam_entity (account, id);
CREATE INDEX iam_entity_boundary ON iam_entity (account, boundary) WHERE boundary IS NOT NULL;

CREATE TABLE iam_inline (
    account TEXT NOT NULL,
    owner TEXT NOT NULL,            -- id of a user, group or role
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, owner, name),
    FOREIGN KEY (account, owner) REFERENCES iam_entity (account, id)
) WITHOUT ROWID;

CREATE TABLE iam_attachment (
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    policy TEXT NOT NULL,           -- ARN; of this account or of AWS
    seq INTEGER NOT NULL,           -- order of attaching
    PRIMARY KEY (account, owner, seq),
    FOREIGN KEY (account, owner) REFERENCES iam_entity (account, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX iam_attachment_policy ON iam_attachment (account, policy, owner);

CREATE TABLE iam_member (
    account TEXT NOT NULL,
    grp TEXT NOT NULL,
    usr TEXT NOT NULL,
    PRIMARY KEY (account, grp, usr),
    FOREIGN KEY (account, grp) REFERENCES iam_entity (account, id),
    FOREIGN KEY (account, usr) REFERENCES iam_entity (account, id)
) WITHOUT ROWID;
CREATE INDEX iam_member_user ON iam_member (account, usr, grp);

CREATE TABLE iam_policy (
    account TEXT NOT NULL REFERENCES iam_account (account),
    name TEXT NOT NULL COLLATE NOCASE,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    default_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;
CREATE UNIQUE INDEX iam_policy_id ON iam_policy (account, id);

CREATE TABLE iam_policy_version (
    account TEXT NOT NULL,
    policy TEXT NOT NULL,           -- its id
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (account, policy, version),
    FOREIGN KEY (account, policy) REFERENCES iam_policy (account, id)
) WITHOUT ROWID;

CREATE TABLE iam_profile (
    account TEXT NOT NULL REFERENCES iam_account (account),
    name TEXT NOT NULL COLLATE NOCASE,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    role TEXT,                      -- id
    PRIMARY KEY (account, name),
    FOREIGN KEY (account, role) REFERENCES iam_entity (account, id)
) WITHOUT ROWID;
CREATE INDEX iam_profile_role ON iam_profile (account, role) WHERE role IS NOT NULL;

-- global: a request names its key before its account is known
CREATE TABLE iam_key (
    id TEXT NOT NULL PRIMARY KEY,   -- AKIA…
    account TEXT NOT NULL REFERENCES iam_account (account),
    owner TEXT NOT NULL,            -- id of the user, or 'root'
    secret BLOB NOT NULL,           -- sealed
    active INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    used_ms INTEGER,
    used_service TEXT,
    used_region TEXT
) WITHOUT ROWID;
CREATE INDEX iam_key_owner ON iam_key (account, owner, id);

CREATE TABLE iam_login (
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    reset_required INTEGER NOT NULL,
    hashes BLOB NOT NULL,           -- salted, 48 bytes each, the newest first: those that may not come again
    PRIMARY KEY (account, owner),
    FOREIGN KEY (account, owner) REFERENCES iam_entity (account, id)
) WITHOUT ROWID;

CREATE TABLE iam_mfa (
    account TEXT NOT NULL REFERENCES iam_account (account),
    serial TEXT NOT NULL COLLATE NOCASE, -- ARN
    seed BLOB NOT NULL,             -- sealed
    created_ms INTEGER NOT NULL,
    owner TEXT,                     -- id of the user, or 'root'
    enabled_ms INTEGER,
    drift INTEGER NOT NULL DEFAULT 0,     -- steps by which its clock is ahead, found by ResyncMFADevice
    last_step INTEGER NOT NULL DEFAULT 0, -- TOTP step of the newest code that was accepted
    PRIMARY KEY (account, serial)
) WITHOUT ROWID;
CREATE INDEX iam_mfa_owner ON iam_mfa (account, owner) WHERE owner IS NOT NULL;

CREATE TABLE iam_oidc (
    account TEXT NOT NULL REFERENCES iam_account (account),
    url TEXT NOT NULL,              -- without scheme
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (account, url)
) WITHOUT ROWID;

CREATE TABLE iam_oidc_item (
    account TEXT NOT NULL,
    url TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('client', 'thumbprint')),
    seq INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account, url, kind, seq),
    FOREIGN KEY (account, url) REFERENCES iam_oidc (account, url) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE iam_deletion (
    account TEXT NOT NULL REFERENCES iam_account (account),
    task TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (account, task)
) WITHOUT ROWID;
