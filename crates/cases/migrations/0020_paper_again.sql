-- Whether what was taken in from an earlier case is a paper of the platform's own (`source_number` is the paper's) and not a file handed in.
ALTER TABLE case_materials ADD COLUMN source_paper BIGINT NOT NULL DEFAULT 0;
