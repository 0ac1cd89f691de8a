-- Codes sent by telephone or mail. `handle` and `code` are keyed digests; the code's is of purpose, handle, address and digits.
CREATE TABLE sent_codes (
    handle TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX sent_codes_by_until ON sent_codes (until);

-- Messages to people. What they say, and to whom, is sealed in the vault under `message:ID` and destroyed an hour after `until`.
-- `state`: `made`, or `silent` for one that nobody is to get.
CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX messages_by_state ON messages (state, id);
CREATE INDEX messages_by_until ON messages (until);
