-- What officers write on a case for each other: notes, marks on a file, points of review that were checked. Each is a thing of its own and is
-- never changed: a later one about the same file or point holds instead. What is written lies sealed under the case's key.
CREATE TABLE case_notes (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    verdict TEXT NOT NULL,
    page BIGINT NOT NULL,
    person TEXT NOT NULL,
    sealed TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
);
CREATE UNIQUE INDEX case_notes_by_id ON case_notes (id);

-- What an officer has typed for an act and not yet sent, sealed under the case's key.
CREATE TABLE case_typed (
    case_id TEXT NOT NULL,
    person TEXT NOT NULL,
    act TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, person, act)
);

-- Phrases for opinions: an officer's own (`person:…`), or an authority's (`authority:…`).
CREATE TABLE case_phrases (
    owner TEXT NOT NULL,
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (owner, number)
);
