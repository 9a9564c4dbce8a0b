-- Who uses a certificate (its ARN tells region and id): by both ARNs, whatever region the user is of.
CREATE TABLE np_cert_uses (
    account TEXT NOT NULL,
    arn     TEXT NOT NULL,
    user    TEXT NOT NULL,
    PRIMARY KEY (account, arn, user)
) WITHOUT ROWID, STRICT;
