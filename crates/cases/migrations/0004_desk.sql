-- Who has a case in hand at a post (认领). A thing of its own in the record, so that claiming never collides with an act; empty `person`: it
-- was put back. A case that returns to a post returns to whoever had it there.
CREATE TABLE case_claims (
    case_id TEXT NOT NULL,
    post TEXT NOT NULL,
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, post)
);
CREATE UNIQUE INDEX case_claims_by_id ON case_claims (id);
-- Who has the case in hand at its present post, for lists: what `case_claims` says of it.
ALTER TABLE cases ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';
-- What an officer has in hand, the most pressing first.
CREATE INDEX cases_claimed ON cases (claimed_by, due_key, id) WHERE claimed_by <> '';
-- What waits for a post of an authority and nobody has in hand.
CREATE INDEX cases_free ON cases (authority, post, due_key, id) WHERE claimed_by = '' AND post <> 'none';

-- When officers are away, for each authority at which they hold posts (empty: at all): what they have in hand shows to their colleagues.
CREATE TABLE case_absences (
    person TEXT NOT NULL,
    authority TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    PRIMARY KEY (person, authority)
);
CREATE INDEX case_absences_at ON case_absences (authority, ends, person);

-- Lists that officers keep under a name of their own: what the address of the list asks for.
CREATE TABLE case_views (
    person TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    asked TEXT NOT NULL,
    PRIMARY KEY (person, number)
);
