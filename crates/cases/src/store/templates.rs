//! Rows of the templates of papers and their versions.

use storage::{Migration, Sql};

/// The schema of it.
pub(crate) const MIGRATION: Migration =
    Migration { area: "cases", number: 14, sql: include_str!("../../migrations/0014_paper_templates.sql") };

/// The guard that fails when somebody wrote the template meanwhile.
pub(crate) const GUARD: &str = "paper template";

storage::sql! {
    /// The template of a kind of paper, of an authority or (`$1` is empty) of the site.
    TEMPLATE = "SELECT id, version, head, changed_at FROM paper_templates WHERE authority = $1 AND kind = $2";
    /// The version of it that held at a moment.
    TEMPLATE_AT = "SELECT v.template, v.version, v.body, v.at FROM paper_templates t JOIN paper_template_versions v ON v.template = t.id \
        WHERE t.authority = $1 AND t.kind = $2 AND v.at <= $3 ORDER BY v.version DESC LIMIT 1";
    /// One version of it.
    TEMPLATE_VERSION = "SELECT body, at FROM paper_template_versions WHERE template = $1 AND version = $2";
    /// The first version of a template.
    TEMPLATE_ADD = "INSERT INTO paper_templates (id, authority, kind, version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// A further version, unless somebody wrote one meanwhile.
    TEMPLATE_CHANGE = "UPDATE paper_templates SET version = $2, head = $3, changed_at = $4 WHERE id = $1 AND version = $5";
    /// What a version says.
    TEMPLATE_KEEP = "INSERT INTO paper_template_versions (template, version, body, at) VALUES ($1, $2, $3, $4)";
    /// For the verification of the record.
    TEMPLATE_ROWS = "SELECT id, authority, kind, version, head, changed_at FROM paper_templates WHERE id > $1 ORDER BY id LIMIT $2";
    /// For the verification of the record.
    TEMPLATE_VERSION_ROWS = "SELECT 'paper-template:' || template AS subject, version AS entry, CAST('version' AS TEXT) AS id, body, at \
        FROM paper_template_versions WHERE (template, version, CAST('version' AS TEXT)) > (substr($1, 16), $2, $3) \
        ORDER BY template, version LIMIT $4";
}

/// Every SQL text of it.
pub(crate) const SQL: &[Sql] = ALL;
