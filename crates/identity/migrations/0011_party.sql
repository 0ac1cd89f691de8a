-- Providers at which people sign in to come in here (登录渠道). `document` is all that the record determines of one, as JSON; its
-- secret lies in the vault.
CREATE TABLE login_providers (
    id TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Which account at a provider is whose. `subject` is the keyed digest of provider and subject; `told` what the person agreed to have
-- had handed over, by codes.
CREATE TABLE login_links (
    id TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    person TEXT NOT NULL,
    subject TEXT NOT NULL,
    told TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX login_links_in_force ON login_links (subject) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX login_links_of_person ON login_links (person, provider) WHERE ended_at IS NULL;

-- Browsers that were sent to a provider and are not back. `token` is the SM3 of the browser's secret, from which the rest follows.
CREATE TABLE login_trips (
    token TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    next TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX login_trips_by_until ON login_trips (until);

-- Browsers that are back with somebody whom nobody here is linked with yet. What the provider said lies in the vault under
-- `arrival:ID`, until it is used or over.
CREATE TABLE login_arrivals (
    token TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    provider TEXT NOT NULL,
    next TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX login_arrivals_by_until ON login_arrivals (until);

-- By which link a session came, and the keyed digest of its number at the provider.
ALTER TABLE sessions ADD COLUMN link TEXT;
ALTER TABLE sessions ADD COLUMN link_sid TEXT;
CREATE INDEX sessions_by_link ON sessions (link, id) WHERE link IS NOT NULL;
CREATE INDEX sessions_by_link_sid ON sessions (link_sid, id) WHERE link_sid IS NOT NULL;
ALTER TABLE entries ADD COLUMN link TEXT;
ALTER TABLE entries ADD COLUMN link_sid TEXT;
