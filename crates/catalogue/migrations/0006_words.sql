-- Lists of words that the checks look for (检查规则), where legal affairs wrote the site's own; of the others the program ships its own.
-- `words`: one a line.
CREATE TABLE check_words (
    list TEXT NOT NULL PRIMARY KEY,
    words TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- What officers write of a revision or an act may name people: it lies sealed in the vault under the item's key, as
-- `remark/<round>/<n>` and `act/<id>`. `sealed`: the SM3 of the sealed bytes; of an act empty until it has a reason.
ALTER TABLE item_remarks DROP COLUMN reason;
ALTER TABLE item_remarks ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
ALTER TABLE item_acts DROP COLUMN reason;
ALTER TABLE item_acts ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
