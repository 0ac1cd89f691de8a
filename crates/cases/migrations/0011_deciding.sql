-- What waits for the head of the organ (负责人): an extension that was proposed. Set as long as it waits.
ALTER TABLE cases ADD COLUMN head_asked BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_head_asked ON cases (authority, due_key, id) WHERE head_asked = 1;
CREATE INDEX cases_head_asked_anywhere ON cases (due_key, id) WHERE head_asked = 1;
