-- What a person was told of a case, a row for each entry that is told of. The words follow from `kind`; whether and how a text message went
-- out stands in `sending`: shown, unwanted, no_phone, no_gateway, late, waiting, sent, failed.
CREATE TABLE case_notices (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    read_at BIGINT,
    sending TEXT NOT NULL,
    message TEXT,
    send_at BIGINT,
    settled_at BIGINT,
    PRIMARY KEY (case_id, number)
);
CREATE INDEX case_notices_of_person ON case_notices (person, id);
CREATE INDEX case_notices_unread ON case_notices (person, id) WHERE read_at IS NULL;
CREATE INDEX case_notices_waiting ON case_notices (send_at, id) WHERE sending = 'waiting';
CREATE UNIQUE INDEX case_notices_by_id ON case_notices (id);

-- What people chose to be told by text message; without a row: what everybody is told.
CREATE TABLE notice_choices (
    person TEXT NOT NULL PRIMARY KEY,
    progress BIGINT NOT NULL,
    night BIGINT NOT NULL
);
