-- What a real-name level rests on, as a JSON list of codes, and the kind of paper whose number `citizen` is the digest of.
ALTER TABLE people ADD COLUMN proved TEXT NOT NULL DEFAULT '[]';
ALTER TABLE people ADD COLUMN paper TEXT NOT NULL DEFAULT 'citizen';
