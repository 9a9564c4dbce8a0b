-- Of versions and uploads that are encrypted by KMS: key ARN, encrypted data key, the client's
-- encryption context, whether with a bucket key. Packed, see s3_kms_pack().
ALTER TABLE s3_objects ADD COLUMN kms BLOB; -- NULL: not by KMS
ALTER TABLE s3_uploads ADD COLUMN kms BLOB;
