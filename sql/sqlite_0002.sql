-- Ringoff's schema, version 2, for SQLite: when a forgotten password was set anew.

ALTER TABLE account ADD COLUMN reset_at INTEGER NOT NULL DEFAULT 0;
