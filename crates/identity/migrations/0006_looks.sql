-- Who saw a person's data (谁看过我的信息): one row for each viewer, matter and purpose a day, with how often. `viewer` is `person:…` or
-- `client:…`; `authority` and `post` are those of the right it rests on; `words`: whether the viewer's own words of the purpose are sealed.
CREATE TABLE looks (
    person TEXT NOT NULL,
    day TEXT NOT NULL,
    viewer TEXT NOT NULL,
    matter TEXT NOT NULL,
    purpose TEXT NOT NULL,
    id TEXT NOT NULL,
    authority TEXT,
    post TEXT NOT NULL,
    words BIGINT NOT NULL,
    times BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (person, day, viewer, matter, purpose)
);
CREATE UNIQUE INDEX looks_of_person ON looks (person, id);
