-- What the platform brought into a draft, field by field with where it comes from, sealed as the answers are. Null: begun before this was kept.
ALTER TABLE case_drafts ADD COLUMN known BYTEA;
