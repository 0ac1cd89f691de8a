-- Files that officers add to a case: photographs of a check on site, a signed record, the report of a test. Sealed under the case's key; the
-- entry of the act that they belong to names the SM3 of each.
CREATE TABLE case_exhibits (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    blob TEXT NOT NULL,
    name BYTEA NOT NULL,
    kind TEXT NOT NULL,
    size BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    filed_at BIGINT,
    PRIMARY KEY (case_id, number)
);
