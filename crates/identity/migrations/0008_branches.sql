-- Of a branch (分支机构): the unified social credit code of its head office; empty: it is none. A code, not an id: the head office may come
-- to be known later.
ALTER TABLE enterprises ADD COLUMN head_office TEXT NOT NULL DEFAULT '';
CREATE INDEX enterprises_by_head_office ON enterprises (head_office, id) WHERE head_office <> '';
