-- The right to act for another (代办): of a legal representative, of an agent of an enterprise, of a person charged by another, of a
-- guardian. `principal` is `person:ID` or `enterprise:ID`; `agent` is empty while an invitation is not answered, and `invited` is then
-- the keyed digest of the name and mobile number that were typed; these lie sealed in the vault under `mandate:ID` (`card`: the SM3 of
-- each). `items` is a JSON list of ids, empty: all. `starts` and `ends` are legal days. It takes the place of `agents`.
CREATE TABLE mandates (
    id TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    agent TEXT,
    invited TEXT NOT NULL,
    role TEXT NOT NULL,
    items TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    card TEXT NOT NULL,
    offered_at BIGINT NOT NULL,
    accepted_at BIGINT,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX mandates_in_force ON mandates (agent, principal) WHERE ended_at IS NULL AND agent IS NOT NULL;
CREATE INDEX mandates_by_principal ON mandates (principal, id);
CREATE INDEX mandates_by_agent ON mandates (agent, id) WHERE ended_at IS NULL;
CREATE INDEX mandates_by_invited ON mandates (invited, id) WHERE ended_at IS NULL AND invited <> '';
CREATE INDEX mandates_by_end ON mandates (ends, id) WHERE ended_at IS NULL AND ends IS NOT NULL;
CREATE INDEX mandates_by_offer ON mandates (offered_at, id) WHERE ended_at IS NULL AND accepted_at IS NULL;
DROP TABLE agents;

-- For whom a session acts is now a mandate's id.
UPDATE sessions SET acting_for = NULL;
