-- What legal affairs have papers say in place of the words that the program ships: of one authority, or (`authority` is empty) of the site.
CREATE TABLE paper_templates (
    id TEXT NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    head TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX paper_templates_of ON paper_templates (authority, kind);

-- Its versions, which never change; `body` is empty where it was taken back, so that what is wider holds again.
CREATE TABLE paper_template_versions (
    template TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (template, version)
);

-- From which template a paper was made; empty: from what the program shipped, before templates were kept.
ALTER TABLE case_papers ADD COLUMN template TEXT NOT NULL DEFAULT '';
