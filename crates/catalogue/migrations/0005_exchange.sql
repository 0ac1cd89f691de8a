-- Import of whole documents: who handed in which file for which authority, how its columns are read, how far it has come. `state`:
-- mapping, checking, checked, running, stopped, done, failed. `grants`: by what posts it was begun. `place`: items done of `total` in the
-- pass of this state. `reported`: lines of the report so far. Rows of version 0 have written nothing yet.
-- All of these columns are the job's state of work: the record vouches for what was done (its chunks', the items' and the mapping's own
-- entries), not for how far a job is.
ALTER TABLE item_imports ADD COLUMN authority TEXT NOT NULL DEFAULT '';
ALTER TABLE item_imports ADD COLUMN starter TEXT NOT NULL DEFAULT '';
ALTER TABLE item_imports ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';
ALTER TABLE item_imports ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE item_imports ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN blob TEXT NOT NULL DEFAULT '';
ALTER TABLE item_imports ADD COLUMN state TEXT NOT NULL DEFAULT 'done';
ALTER TABLE item_imports ADD COLUMN mapping TEXT NOT NULL DEFAULT '';
ALTER TABLE item_imports ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN total BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN added BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN updated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN unchanged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN refused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN reported BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN failure TEXT NOT NULL DEFAULT '';
ALTER TABLE item_imports ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE item_imports ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX item_imports_by_authority ON item_imports (authority, id);
CREATE INDEX item_imports_by_state ON item_imports (state, id);

-- The report of the last pass of an import, line by line. `kind`: refused, told, changed.
CREATE TABLE item_import_report (
    import TEXT NOT NULL,
    kind TEXT NOT NULL,
    n BIGINT NOT NULL,
    sheet TEXT NOT NULL,
    line BIGINT NOT NULL,
    place TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    advice TEXT NOT NULL,
    PRIMARY KEY (import, kind, n)
);

-- How the columns of an authority's own lists are read, as somebody last chose. `kept` is a Kept.
CREATE TABLE item_mappings (
    authority TEXT NOT NULL PRIMARY KEY,
    kept TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Items are looked up by name where a department's list has no codes.
CREATE INDEX items_by_name ON items (authority, folded);
