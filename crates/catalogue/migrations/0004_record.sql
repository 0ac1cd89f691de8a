-- Items that were imported and not written since have no chain: the import's entry (`chunk`) tells each. Empty and 0 once written.
ALTER TABLE items ADD COLUMN import TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN chunk BIGINT NOT NULL DEFAULT 0;
CREATE INDEX items_of_import ON items (import, chunk, id) WHERE import <> '';

-- The version of the item's chain whose entry tells this version of its document.
ALTER TABLE item_versions ADD COLUMN entry BIGINT NOT NULL DEFAULT 0;
CREATE INDEX item_versions_by_entry ON item_versions (item, entry);

-- What leaves the agenda is found by its item.
CREATE INDEX item_agenda_of ON item_agenda (item, kind, act);
