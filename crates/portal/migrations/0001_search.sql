-- Words of search that the desk wrote (搜索词): what people say (said, and folded as compared) and what it is called (meant). asking 1: a
-- word of asking, which is left out of queries and means nothing. active 0: it does not count, and neither does a shipped one of the
-- same text.
CREATE TABLE search_words (
    id TEXT NOT NULL PRIMARY KEY,
    said TEXT NOT NULL,
    folded TEXT NOT NULL,
    meant TEXT NOT NULL,
    asking BIGINT NOT NULL,
    active BIGINT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_words_folded ON search_words (asking, folded);

-- What was searched and not found (没搜到的说法): how often, first and last day. Nothing of who asked; texts that may be personal are never
-- written. Not journalled: nobody did it.
CREATE TABLE search_misses (
    text TEXT NOT NULL PRIMARY KEY,
    times BIGINT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL
);
CREATE INDEX search_misses_by_times ON search_misses (times, text);
CREATE INDEX search_misses_by_day ON search_misses (last_day);
