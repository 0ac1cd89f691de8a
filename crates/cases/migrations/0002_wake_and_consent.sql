-- The day after which the platform acts by itself: accepts by law, lets an unanswered correction lapse, closes a delivered file.
-- Empty: nothing follows by itself. `wake_tbd` at 1: the day is provisional, and nothing happens before it is certain.
DROP INDEX cases_unanswered;
ALTER TABLE cases RENAME COLUMN accept_due TO wake_day;
ALTER TABLE cases RENAME COLUMN accept_tbd TO wake_tbd;
CREATE INDEX cases_to_wake ON cases (wake_tbd, wake_day, id) WHERE wake_day IS NOT NULL;

-- When the person at the window agreed, as whoever filed (or fills in) told. Empty: the applicant acts in person.
ALTER TABLE cases ADD COLUMN consent_at BIGINT;
ALTER TABLE cases DROP COLUMN consent;
ALTER TABLE case_drafts ADD COLUMN consent_at BIGINT;
