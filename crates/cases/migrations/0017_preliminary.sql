-- The organ that examines first (下级初审), chosen at filing; empty: none does. `desk`: at which organ a case is worked on now; the organ that
-- decides stays in `authority`.
ALTER TABLE cases ADD COLUMN preliminary TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN desk TEXT NOT NULL DEFAULT '';
UPDATE cases SET desk = authority;

DROP INDEX cases_for_post;
DROP INDEX cases_free;
DROP INDEX cases_head_asked;
CREATE INDEX cases_for_post ON cases (desk, post, due_key, id);
CREATE INDEX cases_free ON cases (desk, post, due_key, id) WHERE claimed_by = '' AND post <> 'none';
CREATE INDEX cases_head_asked ON cases (desk, due_key, id) WHERE head_asked = 1;
-- What an organ examined first and handed up.
CREATE INDEX cases_handed_up ON cases (preliminary, due_key, id) WHERE preliminary <> '' AND desk <> preliminary;
