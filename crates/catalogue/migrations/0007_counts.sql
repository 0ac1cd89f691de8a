-- How far the counts of the lists (what is wrong, what is suspect) were made anew under the rules in force. One row.
-- `rules`: SM3 of the rules and words; `after`: the last item weighed; `done`: all are.
CREATE TABLE items_weighed (
    id TEXT NOT NULL PRIMARY KEY,
    rules TEXT NOT NULL,
    after TEXT,
    done BIGINT NOT NULL
);

-- Suspect materials of all departments together.
CREATE INDEX items_suspect ON items (id) WHERE suspects > 0;
