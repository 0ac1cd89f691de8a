-- Lists of officers that are being imported: who handed one in, its file (sealed, in a blob) and its report (sealed), how far it is.
-- `state`: checked, running, done, failed. Row and file are kept for a day; what was done stands in the chains of people and posts.
CREATE TABLE officer_imports (
    id TEXT NOT NULL PRIMARY KEY,
    starter TEXT NOT NULL,
    name TEXT NOT NULL,
    blob TEXT NOT NULL,
    report BYTEA NOT NULL,
    state TEXT NOT NULL,
    place BIGINT NOT NULL,
    total BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX officer_imports_by_starter ON officer_imports (starter, id);
CREATE INDEX officer_imports_by_state ON officer_imports (state, id);
CREATE INDEX officer_imports_by_age ON officer_imports (made_at);
