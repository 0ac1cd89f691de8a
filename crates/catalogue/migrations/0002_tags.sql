-- Topics, events of life and business, and what is easy about an item, as JSON (`ItemTags`): lists filter without reading documents.
ALTER TABLE items ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
