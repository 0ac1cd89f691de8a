-- Which items the organ of this unified social credit code accepts and examines first (下级初审), by the documents in force; made from the
-- record by its reader.
CREATE TABLE item_examined (
    office TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (office, item)
);
CREATE INDEX item_examined_by_item ON item_examined (item);
