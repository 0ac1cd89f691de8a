-- Keys stand apart from what they open, so that erasure touches one small table (personal information protection law,
-- article 47: what need not be kept any longer is erased). A destroyed key keeps its row: epoch 0, no bytes.
CREATE TABLE vault_keys (
    holder TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX vault_keys_by_epoch ON vault_keys (epoch, holder);

CREATE TABLE vault_items (
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (holder, name)
);
