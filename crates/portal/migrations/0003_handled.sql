-- Cases that the record says are filed and not decided: their item and, once accepted, the legal day of acceptance.
CREATE TABLE handled_open (
    case_id TEXT NOT NULL PRIMARY KEY,
    item TEXT NOT NULL,
    accepted_on TEXT NOT NULL
);

-- What decided cases took, in working days from acceptance to decision.
CREATE TABLE handled_cases (
    item TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    case_id TEXT NOT NULL,
    days BIGINT NOT NULL,
    PRIMARY KEY (item, decided_on, case_id)
);

-- How many applications an item got in a month (`2026-03`).
CREATE TABLE item_use (
    item TEXT NOT NULL,
    month TEXT NOT NULL,
    cases BIGINT NOT NULL,
    PRIMARY KEY (item, month)
);
CREATE INDEX item_use_of_month ON item_use (month, cases, item);
