-- Messages of one line go out one after the other, by their turn: what a receiver is told of one thing comes in its order. Empty: of none.
ALTER TABLE outbox ADD COLUMN line TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_line ON outbox (line, turn) WHERE line <> '';
