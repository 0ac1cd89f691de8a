-- The one append-only record. Rows are only added; `position` alone is filled in later, once, by the sequencer.
CREATE TABLE journal (
    subject TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    on_behalf_of TEXT NOT NULL,
    unit TEXT NOT NULL,
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    position BIGINT,
    PRIMARY KEY (subject, version)
);
CREATE UNIQUE INDEX journal_by_position ON journal (position) WHERE position IS NOT NULL;
CREATE INDEX journal_unnumbered ON journal (at, subject, version) WHERE position IS NULL;
CREATE INDEX journal_by_unit ON journal (unit);

-- How far the record is numbered. One row; `mark` is the SM3 of the other three columns, so that an altered epoch shows.
CREATE TABLE journal_head (
    id BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    running TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    mark TEXT NOT NULL
);
INSERT INTO journal_head (id, position, running, epoch, mark)
VALUES (1, 0, '', 0, '89809e65dbad821caff7f134a88e6ecdb75712c570d72cc686a3fd733ef324d1');

CREATE TABLE journal_signed_heads (
    position BIGINT NOT NULL PRIMARY KEY,
    running TEXT NOT NULL,
    at BIGINT NOT NULL,
    signature TEXT NOT NULL
);

CREATE TABLE journal_cursors (
    reader TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    error TEXT,
    at BIGINT NOT NULL
);

-- Effects outside the database. `due` is when the next try may begin; while somebody tries, it is when his claim ends.
CREATE TABLE outbox (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    due BIGINT NOT NULL,
    error TEXT,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX outbox_due ON outbox (due, key) WHERE state = 'waiting';
CREATE INDEX outbox_ended ON outbox (state, ended_at) WHERE ended_at IS NOT NULL;
