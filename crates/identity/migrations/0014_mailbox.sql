-- A mailbox besides the telephone: codes and messages go there too. Its keyed digest; empty: none.
ALTER TABLE people ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
CREATE INDEX people_by_mailbox ON people (mailbox) WHERE mailbox <> '';
