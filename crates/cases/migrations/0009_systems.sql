-- Where each case stands in the one order of the record, a row a case: what systems of departments ask for (业务系统). Made from the record by
-- its reader; `accepted`: whether it was ever accepted.
CREATE TABLE case_moves (
    case_id TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    authority TEXT NOT NULL,
    item TEXT NOT NULL,
    accepted BIGINT NOT NULL
);
CREATE INDEX case_moves_at ON case_moves (authority, position);
CREATE INDEX case_moves_of ON case_moves (item, position);

-- Where systems of departments are told what happens to cases (事件推送): a thing of its own in the record. The secrets that sign lie sealed.
CREATE TABLE case_hooks (
    id TEXT NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    authority TEXT NOT NULL,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX case_hooks_of ON case_hooks (client, id);
CREATE INDEX case_hooks_at ON case_hooks (authority, id);

-- What each was told lately, in the order of the record; how the telling went stands in the outbox under `id`.
CREATE TABLE case_hook_messages (
    hook TEXT NOT NULL,
    position BIGINT NOT NULL,
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (hook, position)
);
CREATE UNIQUE INDEX case_hook_messages_by_id ON case_hook_messages (id);
CREATE INDEX case_hook_messages_old ON case_hook_messages (made_at, id);
