-- Ringoff's schema, version 5, for PostgreSQL: who stands beside the registered person or body.

-- The adult who endorsed the registration of somebody under 16, or the responsible person of a
-- body; the id is the line's.
CREATE TABLE second_person (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    subscriber BIGINT NOT NULL,
    role BIGINT NOT NULL,
    name BYTEA NOT NULL,
    name_zh BYTEA NOT NULL,
    birth BYTEA NOT NULL,
    document_type TEXT NOT NULL,
    document BYTEA NOT NULL
);

-- Whose document was matched when it was submitted.
ALTER TABLE closure ADD COLUMN matched_role BIGINT NOT NULL DEFAULT 0;
