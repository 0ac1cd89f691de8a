-- Opinions that are asked of other offices on a case (征求意见). The words lie in the vault under the case's key; `state` is what the record
-- says.
CREATE TABLE case_opinions (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    authority TEXT NOT NULL,
    due_day TEXT NOT NULL,
    open BIGINT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (case_id, number)
);
CREATE INDEX case_opinions_asked ON case_opinions (authority, open, due_day, id);

-- Of those that are waited for, whom the platform reminded: 0 nobody yet, 1 before the day, 2 once it was past.
CREATE TABLE case_opinion_reminders (
    id TEXT PRIMARY KEY,
    due_day TEXT NOT NULL,
    reminded BIGINT NOT NULL
);
CREATE INDEX case_opinion_reminders_due ON case_opinion_reminders (due_day, id) WHERE reminded < 2;
