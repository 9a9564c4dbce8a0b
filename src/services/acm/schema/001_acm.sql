-- SPDX-License-Identifier: Apache-2.0
-- Certificates are regional. What is read of them whole is `detail`: CBOR of the model's CertificateDetail. Its key and
-- its bytes lie apart, so that lists do not read them.

CREATE TABLE acm_certificate (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,               -- UUID
    created_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    key_algorithm TEXT NOT NULL,
    exported INTEGER NOT NULL,      -- since it was issued, or renewed the last time
    waiting INTEGER NOT NULL,       -- for names to be found valid, the first time or to be renewed
    due_ms INTEGER,                 -- when something happens by itself
    token TEXT,                     -- of the request
    token_hash INTEGER,
    detail BLOB NOT NULL,
    PRIMARY KEY (account, region, id)
) WITHOUT ROWID;
CREATE INDEX acm_certificate_created ON acm_certificate (account, region, created_ms, id);
CREATE INDEX acm_certificate_token ON acm_certificate (account, region, token) WHERE token IS NOT NULL;
CREATE INDEX acm_certificate_waiting ON acm_certificate (account, region, id) WHERE waiting = 1;
CREATE INDEX acm_certificate_due ON acm_certificate (due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE acm_material (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,             -- PEM
    chain TEXT,
    sealed BLOB NOT NULL,           -- the key: PKCS#8 PEM under the region's key
    PRIMARY KEY (account, region, id),
    FOREIGN KEY (account, region, id) REFERENCES acm_certificate (account, region, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE acm_account (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    days_before_expiry INTEGER NOT NULL,
    PRIMARY KEY (account, region)
) WITHOUT ROWID;
