-- What a place says of itself on its site (站点). `place` is a division's code of 12 digits, or the row's own id for a hall that is no
-- division; `division` is where a hall lies. `document` is a SiteFacts. Kept by one authority.
CREATE TABLE places (
    id TEXT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL UNIQUE,
    hall BIGINT NOT NULL,
    division TEXT NOT NULL,
    name TEXT NOT NULL,
    keeper TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- Halls of a division.
CREATE INDEX places_halls ON places (division, name, id) WHERE hall = 1;
-- What an authority keeps, and all of it for who keeps everything.
CREATE INDEX places_of_keeper ON places (keeper, place);

-- Local notices (公告), shown from one legal day to another. `below`: also on the sites of the places below.
CREATE TABLE place_notices (
    id TEXT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    below BIGINT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    withdrawn BIGINT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- Notices of a place, newest first.
CREATE INDEX place_notices_of ON place_notices (place, starts, id);
