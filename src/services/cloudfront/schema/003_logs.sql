-- Lines wait in np_log_lines now.
DROP TABLE cloudfront_log;
