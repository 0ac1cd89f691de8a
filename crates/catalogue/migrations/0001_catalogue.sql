-- Base directory (基本目录): what an item is by law, the same for every authority. `document` is a BaseEntry.
CREATE TABLE base_entries (
    code TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    item_type TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Items (实施清单). Empty text: not known yet. Flags are 0/1; `immediate` and `visits` are null until said. `version` 0: the item
-- was read from a published list and nobody has touched it since (the import's own entry names it). `aliases`: one a line.
CREATE TABLE items (
    id TEXT NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    division TEXT NOT NULL,
    base_code TEXT NOT NULL,
    item_code TEXT NOT NULL,
    handling_code TEXT NOT NULL,
    local_code TEXT NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    main_item TEXT NOT NULL,
    aliases TEXT NOT NULL,
    summary TEXT NOT NULL,
    item_type TEXT NOT NULL,
    state TEXT NOT NULL,
    current_version BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    immediate BIGINT,
    for_persons BIGINT NOT NULL,
    for_organisations BIGINT NOT NULL,
    promise TEXT NOT NULL,
    visits BIGINT,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX items_by_authority ON items (authority, id);
CREATE INDEX items_by_division ON items (division, id);
CREATE UNIQUE INDEX items_item_code ON items (item_code) WHERE item_code <> '';
CREATE UNIQUE INDEX items_local_code ON items (authority, local_code) WHERE local_code <> '';

-- Published versions (版本): never edited, never deleted. A case keeps the number it was filed under.
CREATE TABLE item_versions (
    item TEXT NOT NULL,
    number BIGINT NOT NULL,
    document TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (item, number)
);

-- What is being written of the next version; guarded by the item's version.
CREATE TABLE item_drafts (
    item TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Imports of lists (导入): one row a file, a journal entry a chunk.
CREATE TABLE item_imports (
    id TEXT NOT NULL PRIMARY KEY,
    file_hash TEXT NOT NULL,
    rows_done BIGINT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
