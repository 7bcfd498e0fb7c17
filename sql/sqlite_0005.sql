-- Ringoff's schema, version 5, for SQLite: who stands beside the registered person or body.

-- The adult who endorsed the registration of somebody under 16, or the responsible person of a
-- body; the id is the line's.
CREATE TABLE second_person (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    subscriber INTEGER NOT NULL,
    role INTEGER NOT NULL,
    name BLOB NOT NULL,
    name_zh BLOB NOT NULL,
    birth BLOB NOT NULL,
    document_type TEXT NOT NULL,
    document BLOB NOT NULL
) STRICT;

-- Whose document was matched when it was submitted.
ALTER TABLE closure ADD COLUMN matched_role INTEGER NOT NULL DEFAULT 0;
