-- Systems that let people sign in with their account here, or call the API (接入系统). `document` is all that the record determines
-- of one, as JSON; `authority` is whose system it is.
CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX clients_by_authority ON clients (authority, id);

-- What a person agreed that a system may read. `asked` are the scopes decided upon, `scopes` those agreed to, both with blanks between.
CREATE TABLE consents (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    asked TEXT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX consents_in_force ON consents (person, client) WHERE ended_at IS NULL;
CREATE INDEX consents_by_person ON consents (person, id);

-- Keys that sign tokens. The private half is sealed in the vault under `signing_key:ID`; `jwk` is the public one.
CREATE TABLE signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    alg TEXT NOT NULL,
    jwk TEXT NOT NULL,
    use_from BIGINT NOT NULL,
    gone_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX signing_keys_from ON signing_keys (alg, use_from);
CREATE INDEX signing_keys_kept ON signing_keys (use_from) WHERE gone_at IS NULL;

-- Requests to sign in that wait for a person, or were pushed. `handle` is the SM3 of what stands in the address.
CREATE TABLE sign_in_requests (
    handle TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    request TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX sign_in_requests_by_until ON sign_in_requests (until);

-- Authorization codes: good once, for a minute. `code` is the SM3 of the code; `family` is what it will begin.
CREATE TABLE sign_in_codes (
    code TEXT NOT NULL PRIMARY KEY,
    family TEXT NOT NULL,
    client TEXT NOT NULL,
    person TEXT NOT NULL,
    session TEXT NOT NULL,
    consent TEXT NOT NULL,
    scopes TEXT NOT NULL,
    redirect TEXT NOT NULL,
    nonce TEXT,
    challenge TEXT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX sign_in_codes_by_until ON sign_in_codes (until);
CREATE INDEX sign_in_codes_by_consent ON sign_in_codes (consent);
CREATE INDEX sign_in_codes_by_session ON sign_in_codes (session);

-- All tokens that came of one code. `logout`: 0 signed in, 1 the session ended and the system is to be told, 2 it was.
CREATE TABLE token_families (
    id TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    person TEXT NOT NULL,
    session TEXT NOT NULL,
    consent TEXT NOT NULL,
    scopes TEXT NOT NULL,
    offline BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    ended_at BIGINT,
    logout BIGINT NOT NULL
);
CREATE INDEX token_families_by_session ON token_families (session);
CREATE INDEX token_families_by_consent ON token_families (consent);
CREATE INDEX token_families_by_until ON token_families (until);
CREATE INDEX token_families_to_tell ON token_families (id) WHERE logout = 1;

-- Tokens. `token` is the SM3 of the secret; `kind`: `access`, `refresh`, or `machine` (of a client itself, without a family).
CREATE TABLE tokens (
    token TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    family TEXT NOT NULL,
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX tokens_by_family ON tokens (family);
CREATE INDEX tokens_by_until ON tokens (until);

-- Signed proofs of clients that were used: none is good twice.
CREATE TABLE used_assertions (
    id TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);
CREATE INDEX used_assertions_by_until ON used_assertions (until);
