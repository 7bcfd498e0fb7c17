-- Ringoff's schema, version 4, for SQLite: documents that prove an identity.

ALTER TABLE closure ADD COLUMN identity_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN identity_by INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_refused_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_reason INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN documents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN document_erase_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN unreachable INTEGER NOT NULL DEFAULT 0;

-- Until now every identity was accepted by matching the ID number.
UPDATE closure SET identity_by = 1 WHERE identity_at <> 0;

CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    closure INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    type INTEGER NOT NULL,
    size INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    decision INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    erase_after INTEGER NOT NULL,
    erased_at INTEGER NOT NULL,
    content_key BLOB NOT NULL
) STRICT;

CREATE INDEX document_closure ON document (operator, closure, id);

-- Identities that wait to be looked at.
CREATE INDEX work_identity ON work (operator, due_at, id) WHERE done_at = 0 AND kind = 3;
