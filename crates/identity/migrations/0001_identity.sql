-- Divisions (统计用区划代码, twelve digits). `level` is 行使层级: 2 province … 6 village. `parent` is empty for a province.
CREATE TABLE divisions (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    level BIGINT NOT NULL,
    parent TEXT NOT NULL
);
CREATE INDEX divisions_by_parent ON divisions (parent, code);

-- Implementing bodies (实施主体). What stands here is public.
CREATE TABLE authorities (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    uscc TEXT NOT NULL,
    division TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    hours TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX authorities_by_division ON authorities (division, id);
-- Empty for a body of a published list whose code is not known yet.
CREATE UNIQUE INDEX authorities_by_uscc ON authorities (uscc) WHERE uscc <> '';

-- Natural persons. Who they are is sealed in the vault under `person:ID`; here stand keyed digests, for look-up by equality.
-- `card` lists the SM3 of the sealed items, as JSON. `level` is the real-name level, 0 to 3.
CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    citizen TEXT NOT NULL UNIQUE,
    mobile TEXT NOT NULL,
    level BIGINT NOT NULL,
    card TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX people_by_mobile ON people (mobile, id);

-- One account a person. `login` is a keyed digest, `password` a PHC string of argon2id. `demo` is what the sign-in page of a
-- demo site says of a made-up person, and null for everybody real.
CREATE TABLE accounts (
    person TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    demo TEXT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX accounts_demo ON accounts (person) WHERE demo IS NOT NULL;

-- Who is signed in. `token` is the SM3 of the secret that only the browser or program has.
CREATE TABLE sessions (
    token TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    device TEXT NOT NULL,
    acting_for TEXT,
    made_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person, seen_at);
CREATE INDEX sessions_by_seen ON sessions (seen_at);

-- Counters of failed sign-ins and the like, by a keyed digest of what is counted.
CREATE TABLE tries (
    key TEXT NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX tries_by_since ON tries (since);

-- One-time codes that make the first administrator.
CREATE TABLE first_codes (
    code TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    used_by TEXT
);

-- Posts (岗位): what a person may do, at one authority or all, for one item or all, from day to day (legal days).
CREATE TABLE posts (
    id TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    code TEXT NOT NULL,
    authority TEXT,
    item TEXT,
    starts TEXT NOT NULL,
    ends TEXT,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX posts_in_force ON posts (person, code, COALESCE(authority, ''), COALESCE(item, '')) WHERE ended_at IS NULL;
CREATE INDEX posts_by_person ON posts (person, id);
CREATE INDEX posts_by_authority ON posts (authority, person);

-- Legal persons and other organisations that apply. What stands here is in the public register of enterprises.
CREATE TABLE enterprises (
    id TEXT NOT NULL PRIMARY KEY,
    uscc TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    representative TEXT,
    address TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Who may act for an enterprise. `role`: `legal` the legal representative, `agent` an agent (经办人).
CREATE TABLE agents (
    id TEXT NOT NULL PRIMARY KEY,
    enterprise TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX agents_in_force ON agents (person, enterprise) WHERE ended_at IS NULL;
CREATE INDEX agents_by_enterprise ON agents (enterprise, id);
