-- The organ that examines first (下级初审), so that its system too is told what moves; empty: none does. Cases filed before are told with
-- their next step.
ALTER TABLE case_moves ADD COLUMN preliminary TEXT NOT NULL DEFAULT '';
CREATE INDEX case_moves_below ON case_moves (preliminary, position) WHERE preliminary <> '';
