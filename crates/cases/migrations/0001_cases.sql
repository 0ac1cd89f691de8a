-- What is being filled in and not yet filed. A draft's id becomes the case's id, so that what was sealed for it stays sealed as it is.
CREATE TABLE case_drafts (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    holder TEXT NOT NULL,
    item TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    channel TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX case_drafts_of_person ON case_drafts (person, updated_at, id);
CREATE INDEX case_drafts_expiring ON case_drafts (expires, id);

-- The state of each case. `state` is the machine's own document; the other columns are what lists ask for.
-- A due day that rests on a year whose holidays are not announced has its `_tbd` at 1.
CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    item TEXT NOT NULL,
    item_version BIGINT NOT NULL,
    authority TEXT NOT NULL,
    division TEXT NOT NULL,
    holder TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    channel TEXT NOT NULL,
    consent BIGINT NOT NULL,
    filed_at BIGINT NOT NULL,
    stage TEXT NOT NULL,
    state TEXT NOT NULL,
    form TEXT NOT NULL,
    files TEXT NOT NULL,
    accept_due TEXT,
    accept_tbd BIGINT NOT NULL,
    promised_due TEXT,
    promised_tbd BIGINT NOT NULL,
    statutory_due TEXT,
    statutory_tbd BIGINT NOT NULL,
    post TEXT NOT NULL,
    due_key TEXT NOT NULL,
    open BIGINT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- Worklists: what waits for a post of an authority, the most pressing first.
CREATE INDEX cases_for_post ON cases (authority, post, due_key, id);
-- The same for a post that is held at all authorities. By an expression, so that no plan takes it for one authority's list, where it
-- would read everybody's cases: PostgreSQL does while its figures of a growing table are old.
CREATE INDEX cases_for_post_anywhere ON cases ((post || ''), due_key, id);
-- An applicant's own cases, newest first.
CREATE INDEX cases_of_holder ON cases (holder, filed_at, id);
-- Applications that nobody has answered: looked through every minute for those past their time.
CREATE INDEX cases_unanswered ON cases (accept_due, id) WHERE post = 'accept';
-- Cases with a clock that runs: reckoned anew when a notice of holidays is loaded.
CREATE INDEX cases_open ON cases (id) WHERE open = 1;

-- The number people know a case by. A table of its own, so that cases can be spread by their ids.
CREATE TABLE case_numbers (
    number TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL
);

-- How many serials of an item's day are given out to nodes, in blocks.
CREATE TABLE case_serials (
    series TEXT NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

-- Files handed in. `filed_at` is empty until the application (or the correction) they belong to was sent.
CREATE TABLE case_materials (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    material TEXT NOT NULL,
    blob TEXT NOT NULL,
    name BYTEA NOT NULL,
    kind TEXT NOT NULL,
    size BIGINT NOT NULL,
    on_paper BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    filed_at BIGINT,
    PRIMARY KEY (case_id, number)
);

-- Papers made for cases. Each is a thing of its own in the record, so that making one never collides with an act.
CREATE TABLE case_papers (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    authority TEXT NOT NULL,
    year BIGINT NOT NULL,
    serial BIGINT NOT NULL,
    document_number TEXT NOT NULL,
    content TEXT NOT NULL,
    blob TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
);
-- Numbers of an authority's papers of one kind and year, without gap or repeat.
CREATE UNIQUE INDEX case_papers_by_serial ON case_papers (authority, kind, year, serial);
CREATE UNIQUE INDEX case_papers_by_id ON case_papers (id);

-- Notices of the State Council on holidays that were loaded after this program was made, as their files.
CREATE TABLE calendar_years (
    year BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    notice TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX calendar_years_by_id ON calendar_years (id);
