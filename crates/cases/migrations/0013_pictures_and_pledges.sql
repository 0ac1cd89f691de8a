-- The small picture of a file that is one, sealed beside it; empty: none.
ALTER TABLE case_materials ADD COLUMN thumb TEXT NOT NULL DEFAULT '';

-- Pledges that were filed in the place of a material (告知承诺); the signed text is a file of the case. `document` is what the record says of
-- it; the columns beside it follow from that.
CREATE TABLE case_pledges (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    file BIGINT NOT NULL,
    holder TEXT NOT NULL,
    item TEXT NOT NULL,
    authority TEXT NOT NULL,
    standing TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX case_pledges_of_case ON case_pledges (case_id, file);
CREATE INDEX case_pledges_broken ON case_pledges (holder, item) WHERE standing = 'broken';
CREATE INDEX case_pledges_to_mend ON case_pledges (authority, id) WHERE standing = 'broken';
CREATE INDEX case_pledges_to_mend_anywhere ON case_pledges (id) WHERE standing = 'broken';

-- Which of them are to be checked by when: from the decision on, until somebody says what was found. Kept by a reader of the record.
CREATE TABLE case_pledges_due (
    pledge TEXT NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    due TEXT NOT NULL
);
CREATE INDEX case_pledges_due_at ON case_pledges_due (authority, due, pledge);
CREATE INDEX case_pledges_due_anywhere ON case_pledges_due (due, pledge);
