-- Ringoff's schema, version 3, for SQLite: a code that opens the status of a closure.

ALTER TABLE challenge ADD COLUMN closure INTEGER NOT NULL DEFAULT 0;
