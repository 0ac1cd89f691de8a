-- Where the revision of an item stands (empty: none), how many rules it breaks, how many materials are suspect, and which version
-- of its base entry it rests on.
ALTER TABLE items ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN findings BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN suspects BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN base_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX items_by_stage ON items (stage, id) WHERE stage <> '';
CREATE INDEX items_by_base ON items (base_code, id);
CREATE INDEX items_by_suspects ON items (authority, suspects, id) WHERE suspects > 0;
-- Parts of one item (业务办理项) share its 31 characters and differ in the last two of 33.
DROP INDEX items_item_code;
CREATE UNIQUE INDEX items_by_code ON items (item_code, handling_code) WHERE item_code <> '';

-- Whose hands a revision has been in (`Revision`); empty: it was opened before hands were kept.
ALTER TABLE item_drafts ADD COLUMN revision TEXT NOT NULL DEFAULT '';

-- Drafts as they were saved, by the item's version after it: what an editor who comes second started from. Kept until publication.
CREATE TABLE item_draft_log (
    item TEXT NOT NULL,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    who TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (item, version)
);

-- Why a check sent a revision back, at which field. `round`: the item's version after it.
CREATE TABLE item_remarks (
    item TEXT NOT NULL,
    round BIGINT NOT NULL,
    n BIGINT NOT NULL,
    stage TEXT NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    said_at BIGINT NOT NULL,
    PRIMARY KEY (item, round, n)
);

-- Acts with basis and day of effect: suspend, resume, cancel, split, merge, hand down or up. `document` is an ItemAct, `made` the
-- ids of the items that came of it, one a line. `effect` is a legal day.
CREATE TABLE item_acts (
    item TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    effect TEXT NOT NULL,
    stage TEXT NOT NULL,
    document TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    made TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (item, id)
);
CREATE INDEX item_acts_by_stage ON item_acts (stage, id);

-- What takes effect by itself, by legal day: `publish` (a version that waits), `cancel` (a planned end), `act` (an agreed act),
-- `base` (revisions to open; `item` is then the base code).
CREATE TABLE item_agenda (
    due TEXT NOT NULL,
    kind TEXT NOT NULL,
    item TEXT NOT NULL,
    act TEXT NOT NULL,
    PRIMARY KEY (due, kind, item, act)
);

-- The base directory is searched by name and keeps its versions.
ALTER TABLE base_entries ADD COLUMN folded TEXT NOT NULL DEFAULT '';
CREATE INDEX base_entries_by_type ON base_entries (item_type, code);
CREATE TABLE base_versions (
    code TEXT NOT NULL,
    number BIGINT NOT NULL,
    document TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (code, number)
);
