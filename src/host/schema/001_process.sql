-- What the agent should run. The id is also the process's name on the host, so it is given once.
CREATE TABLE host_process (
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    PRIMARY KEY (account, region, id)
) STRICT, WITHOUT ROWID;
