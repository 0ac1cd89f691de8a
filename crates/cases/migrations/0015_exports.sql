-- Lists that officers have written out in the background. `grants`: by what posts it was asked for, each of which must still be held while it is
-- written; `asked`: which list; `place`: pieces of rows that lie ready, `key_after`: where the list goes on, `done`: rows so far;
-- `state`: writing, packing, done, stopped, failed. What for stands in `purpose`, its words sealed beside.
CREATE TABLE case_exports (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    grants TEXT NOT NULL,
    asked TEXT NOT NULL,
    form TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    place BIGINT NOT NULL,
    key_after TEXT NOT NULL,
    done BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    failure TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX case_exports_of ON case_exports (person, id);
CREATE INDEX case_exports_in ON case_exports (state, id);
CREATE INDEX case_exports_expiring ON case_exports (expires, id);

-- What of them lies among the files, sealed: `rows` while it is written, `file` when it is done.
CREATE TABLE case_export_pieces (
    job TEXT NOT NULL,
    kind TEXT NOT NULL,
    n BIGINT NOT NULL,
    blob TEXT NOT NULL,
    PRIMARY KEY (job, kind, n)
);
