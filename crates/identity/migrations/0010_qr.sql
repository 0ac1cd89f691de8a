-- Browsers that wait for a telephone already signed in. `code` and `browser`: SM3 of what the square code and the browser's cookie say;
-- `state`: `waiting`, `agreed` or `refused`. `strong` and `proved_at` are those of the telephone's session.
CREATE TABLE qr_sign_ins (
    code TEXT NOT NULL PRIMARY KEY,
    browser TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    person TEXT,
    strong BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX qr_sign_ins_by_until ON qr_sign_ins (until);
