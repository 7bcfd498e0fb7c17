-- Ringoff's schema, version 4, for PostgreSQL: documents that prove an identity.

ALTER TABLE closure ADD COLUMN identity_asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN identity_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_refused_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_reason BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN documents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_erase_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN unreachable BIGINT NOT NULL DEFAULT 0;

-- Until now every identity was accepted by matching the ID number.
UPDATE closure SET identity_by = 1 WHERE identity_at <> 0;

CREATE TABLE document (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    closure BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    type BIGINT NOT NULL,
    size BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    decision BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    erase_after BIGINT NOT NULL,
    erased_at BIGINT NOT NULL,
    content_key BYTEA NOT NULL
);

CREATE INDEX document_closure ON document (operator, closure, id);

-- Identities that wait to be looked at.
CREATE INDEX work_identity ON work (operator, due_at, id) WHERE done_at = 0 AND kind = 3;
