-- Every version of every key and every delete marker. seq rises with time and stands here negated, so
-- that the newest version of a key comes first. Small bodies and the use of all bodies are in
-- s3_bodies.
-- global: a bucket's id stands for its account and region
CREATE TABLE s3_objects (
    bucket_id     INTEGER NOT NULL,
    key           BLOB NOT NULL,
    seq           INTEGER NOT NULL,
    flags         INTEGER NOT NULL, -- S3_F_…
    modified_ms   INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    etag          BLOB,             -- 16 bytes; NULL: a delete marker
    n_parts       INTEGER NOT NULL, -- of the ETag: "…-N"; 0: uploaded at once
    class         TEXT,             -- NULL: STANDARD
    owner         TEXT,             -- account; NULL: the bucket's
    sum_alg       INTEGER,          -- enum s3_sum
    sum           BLOB,
    body          INTEGER NOT NULL, -- enum s3_body_kind
    body_id       INTEGER NOT NULL, -- of s3_bodies; 0: none
    part_size     INTEGER NOT NULL, -- parts 1 to N of so many bytes each but the last; 0: not so
    sse_check     BLOB,             -- SSE-C: what a right key yields
    lock_mode     INTEGER NOT NULL, -- enum s3_lock_mode
    lock_until_ms INTEGER NOT NULL,
    legal_hold    INTEGER NOT NULL,
    head          BLOB,             -- header fields and metadata
    tags          BLOB,
    acl           BLOB,
    PRIMARY KEY (bucket_id, key, seq)
) WITHOUT ROWID, STRICT;

-- What versions and parts refer to, how often, and the sealed bytes of small bodies. A body's id is
-- its blob's or, for a list of parts, that of s3_parts.set_id.
-- global: bodies have no owner
CREATE TABLE s3_bodies (
    id    INTEGER PRIMARY KEY,
    refs  INTEGER NOT NULL,
    bytes BLOB
) STRICT;

-- Multipart uploads that are under way.
-- global: a bucket's id stands for its account and region
CREATE TABLE s3_uploads (
    bucket_id     INTEGER NOT NULL,
    key           BLOB NOT NULL,
    id            INTEGER NOT NULL,
    initiated_ms  INTEGER NOT NULL,
    initiator     TEXT,             -- ARN; NULL: anonymous
    class         TEXT,
    owner         TEXT,
    sum_alg       INTEGER,          -- NULL: the client named none
    composite     INTEGER NOT NULL, -- the checksum is one of the parts' checksums
    sse_check     BLOB,
    lock_mode     INTEGER NOT NULL,
    lock_until_ms INTEGER NOT NULL,
    legal_hold    INTEGER NOT NULL,
    head          BLOB,
    tags          BLOB,
    acl           BLOB,
    PRIMARY KEY (bucket_id, key, id)
) WITHOUT ROWID, STRICT;

-- Parts of uploads, and of the objects that uploads became: set_id is the upload's id.
-- global: a part belongs to its upload
CREATE TABLE s3_parts (
    set_id      INTEGER NOT NULL,
    part_no     INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    etag        BLOB NOT NULL,
    sum_alg     INTEGER,
    sum         BLOB,
    body        INTEGER NOT NULL,
    body_id     INTEGER NOT NULL,
    PRIMARY KEY (set_id, part_no)
) WITHOUT ROWID, STRICT;

-- Bodies that nothing refers to any more and whose bytes are still to be freed.
-- global: bodies have no owner
CREATE TABLE s3_garbage (
    id   INTEGER PRIMARY KEY,
    body INTEGER NOT NULL
) STRICT;

-- Ids that were reserved and of which some may have left a file without a row.
-- global: bodies have no owner
CREATE TABLE s3_id_ranges (
    first INTEGER PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT;

-- The first id that was never reserved.
-- global: bodies have no owner
CREATE TABLE s3_ids (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    next INTEGER NOT NULL
) STRICT;
INSERT INTO s3_ids VALUES (1, 1);
