-- Somebody may be charged with one thing alone (a case): its id, and the number under which people know it; empty: all that the items say.
ALTER TABLE mandates ADD COLUMN matter TEXT NOT NULL DEFAULT '';
ALTER TABLE mandates ADD COLUMN matter_number TEXT NOT NULL DEFAULT '';
DROP INDEX mandates_in_force;
CREATE UNIQUE INDEX mandates_in_force ON mandates (agent, principal, matter) WHERE ended_at IS NULL AND agent IS NOT NULL;
