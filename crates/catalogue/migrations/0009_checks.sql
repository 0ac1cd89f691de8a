-- Who checks for one authority sees what waits of that authority, however much waits of others.
CREATE INDEX items_by_stage_of ON items (authority, stage, id) WHERE stage <> '';
