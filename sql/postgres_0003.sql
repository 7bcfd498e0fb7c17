-- Ringoff's schema, version 3, for PostgreSQL: a code that opens the status of a closure.

ALTER TABLE challenge ADD COLUMN closure BIGINT NOT NULL DEFAULT 0;
