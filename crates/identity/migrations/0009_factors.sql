-- Second factors. Secrets, public keys and names lie in the vault under `factor:ID`; `sealed` is the SM3 of the sealed secret.
CREATE TABLE factors (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX factors_by_person ON factors (person, id);

-- When a factor was used last; `mark`: the last step of an app's code, or the last count of a passkey.
CREATE TABLE factor_uses (
    factor TEXT NOT NULL PRIMARY KEY,
    used_at BIGINT,
    mark BIGINT NOT NULL
);

-- Keyed digests of recovery codes.
CREATE TABLE recovery_codes (
    code TEXT NOT NULL PRIMARY KEY,
    factor TEXT NOT NULL,
    used_at BIGINT
);
CREATE INDEX recovery_codes_by_factor ON recovery_codes (factor);

-- What a browser or an app was asked and has not answered yet.
CREATE TABLE ceremonies (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    person TEXT,
    state TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX ceremonies_by_until ON ceremonies (until);

-- Who has shown one factor and must show, or set up, a second before there is a session. `token` is the SM3 of the browser's secret;
-- `stage`: `factor` or `enrol`.
CREATE TABLE entries (
    token TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    stage TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX entries_by_person ON entries (person);
CREATE INDEX entries_by_until ON entries (until);

-- Browsers that somebody has signed in with, by the keyed digest of a secret that the browser keeps.
CREATE TABLE devices (
    person TEXT NOT NULL,
    device TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (person, device)
);
CREATE INDEX devices_by_seen ON devices (seen_at);

-- Whether two factors were shown; when its owner last proved who it is; whether the browser was a new one.
ALTER TABLE sessions ADD COLUMN strong BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN unfamiliar BIGINT NOT NULL DEFAULT 0;
