-- Until when a version of an archive class can be read; 0: it was not restored.
ALTER TABLE s3_objects ADD COLUMN restored_ms INTEGER NOT NULL DEFAULT 0;
