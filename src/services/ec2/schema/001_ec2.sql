-- Which networks and machines a region has begun with.
CREATE TABLE ec2_account (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (account, region)
) STRICT, WITHOUT ROWID;
