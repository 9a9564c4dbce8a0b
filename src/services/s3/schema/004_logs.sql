-- Lines wait in np_log_lines now.
DROP TABLE s3_log_planned;
DROP TABLE s3_log_lines;
