-- Private addresses that are taken, by subnet: an interface's, as numbers.
CREATE TABLE ec2_ip (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    subnet TEXT NOT NULL,
    ip INTEGER NOT NULL,
    eni TEXT NOT NULL,
    PRIMARY KEY (account, region, subnet, ip)
) STRICT, WITHOUT ROWID;

-- Entries of a managed prefix list as each of its versions had them.
CREATE TABLE ec2_list_version (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    list TEXT NOT NULL,
    version INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (account, region, list, version)
) STRICT, WITHOUT ROWID;
