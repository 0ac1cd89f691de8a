-- Whether who acts for another may only look (只能查看), and do nothing.
ALTER TABLE mandates ADD COLUMN looks_only BIGINT NOT NULL DEFAULT 0;
