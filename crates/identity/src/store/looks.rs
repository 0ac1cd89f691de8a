//! The table of looks at people's data.

storage::sql! {
    /// A look, or one more of the same kind on the same day.
    LOOK_COUNT = "INSERT INTO looks (person, day, viewer, matter, purpose, id, authority, post, words, times, first_at, last_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10) \
        ON CONFLICT (person, day, viewer, matter, purpose) DO UPDATE SET times = looks.times + 1, last_at = excluded.last_at";
    /// The last purpose that this viewer had in this matter on this day.
    LOOK_TOLD = "SELECT purpose FROM looks WHERE person = $1 AND day = $2 AND viewer = $3 AND matter = $4 \
        ORDER BY last_at DESC LIMIT 1";
    /// A page of the looks at a person's data, the latest first, with the authority's name, or the system's document.
    LOOKS = "SELECT l.id, l.day, l.viewer, l.matter, l.purpose, l.post, l.times, a.name AS office, c.document AS system \
        FROM looks l LEFT JOIN authorities a ON a.id = l.authority LEFT JOIN clients c ON c.id = SUBSTR(l.viewer, 8) \
        WHERE l.person = $1 AND l.id < $2 ORDER BY l.id DESC LIMIT $3";
    /// Looks at the data of a person who is erased.
    LOOKS_FORGET = "DELETE FROM looks WHERE person = $1";
}
