-- Ringoff's schema, version 2, for PostgreSQL: when a forgotten password was set anew.

ALTER TABLE account ADD COLUMN reset_at BIGINT NOT NULL DEFAULT 0;
