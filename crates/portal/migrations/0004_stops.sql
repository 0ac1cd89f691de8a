-- Days of a special procedure (特别程序), which the legal clock does not count: a JSON list of {from, to}, both days included.
ALTER TABLE handled_open ADD COLUMN stops TEXT NOT NULL DEFAULT '[]';
