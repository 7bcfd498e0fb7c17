-- Ringoff's schema, version 6, for SQLite: contacts that a person changes, and how a line was proved.

-- Until when a removed contact still hears of what happens to the line.
ALTER TABLE contact ADD COLUMN told_until INTEGER NOT NULL DEFAULT 0;

CREATE INDEX contact_told ON contact (operator, line, told_until) WHERE removed_at <> 0;

-- A code that is about a contact: which one it removes, and which one it was sent to.
ALTER TABLE challenge ADD COLUMN contact INTEGER NOT NULL DEFAULT 0;

ALTER TABLE challenge ADD COLUMN via INTEGER NOT NULL DEFAULT 0;

-- 1: by its SIM, as all were until now; 2: by a contact; 3: by nothing but what is registered.
ALTER TABLE account_line ADD COLUMN how INTEGER NOT NULL DEFAULT 1;
