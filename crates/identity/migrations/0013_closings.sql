-- Accounts whose owner asked for them to be closed. `due`: when what is personal is destroyed; null: it was called off. `done_at`: it was.
CREATE TABLE closings (
    person TEXT NOT NULL PRIMARY KEY,
    due BIGINT,
    done_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX closings_due ON closings (due) WHERE done_at IS NULL;
