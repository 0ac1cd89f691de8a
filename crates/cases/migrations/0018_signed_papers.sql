-- What a file has to do with a signature (告知承诺): of a signed text who signed it, at whose window, and where the paper is that was signed by
-- hand; of such a paper whose text it is. A JSON document; empty: nothing, or signed by who filed it, before this was kept.
ALTER TABLE case_materials ADD COLUMN signing TEXT NOT NULL DEFAULT '';

-- The small picture of a file of an officer that is one, sealed beside it; empty: none.
ALTER TABLE case_exhibits ADD COLUMN thumb TEXT NOT NULL DEFAULT '';
