-- Ringoff's schema, version 11, for PostgreSQL: a line that is asked for without its SIM.

-- 1: the ID number was given in place of the code to the SIM.
ALTER TABLE challenge ADD COLUMN claims BIGINT NOT NULL DEFAULT 0;
