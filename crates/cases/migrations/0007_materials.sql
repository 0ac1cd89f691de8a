-- Files on their way, in pieces: over a line that breaks, or a server that ends, what was acknowledged stays. `name` is sealed under the key of
-- the case (or draft); `received`: so many bytes lie here; `replaces`: the file whose place it takes, 0: none; `made`: the
-- number of the file that came of it.
CREATE TABLE case_uploads (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    person TEXT NOT NULL,
    material TEXT NOT NULL,
    replaces BIGINT NOT NULL,
    name BYTEA NOT NULL,
    size BIGINT NOT NULL,
    received BIGINT NOT NULL,
    made BIGINT,
    expires BIGINT NOT NULL
);
CREATE INDEX case_uploads_of_person ON case_uploads (person, expires);
CREATE INDEX case_uploads_of_case ON case_uploads (case_id, id);
CREATE INDEX case_uploads_expiring ON case_uploads (expires, id);

-- The pieces, each sealed, by where they begin.
CREATE TABLE case_upload_pieces (
    upload TEXT NOT NULL,
    start BIGINT NOT NULL,
    blob TEXT NOT NULL,
    PRIMARY KEY (upload, start)
);

-- What an applicant handed in before and uses again: the case and the number of the file whose bytes these are; empty: its own.
ALTER TABLE case_materials ADD COLUMN source_case TEXT NOT NULL DEFAULT '';
ALTER TABLE case_materials ADD COLUMN source_number BIGINT NOT NULL DEFAULT 0;

-- What is owed by when (容缺), for reminders: `told`: so many working days before the day the applicant was reminded last; 99: not yet, -1:
-- the day is over, and that was said.
CREATE TABLE case_owed (
    case_id TEXT NOT NULL PRIMARY KEY,
    due TEXT NOT NULL,
    told BIGINT NOT NULL
);
CREATE INDEX case_owed_due ON case_owed (due, case_id) WHERE told > -1;
