-- Ringoff's schema, version 9, for PostgreSQL: sessions of the operator's app beside those of browsers.

-- 1: a browser, which bears one token; 2: an app, whose present access token is `token`, good until
-- access_ends_at, and which has the next one by its refresh token.
ALTER TABLE session ADD COLUMN kind BIGINT NOT NULL DEFAULT 1;
ALTER TABLE session ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN access_ends_at BIGINT NOT NULL DEFAULT 0;
-- Hashes: of the part that all refresh tokens of a session have in common, and of the present one.
ALTER TABLE session ADD COLUMN family BYTEA NOT NULL
    DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE session ADD COLUMN refresh BYTEA NOT NULL
    DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000';
-- What the app calls itself, sealed; nothing for a browser that was signed in before.
ALTER TABLE session ADD COLUMN device BYTEA NOT NULL DEFAULT '';

CREATE INDEX session_family ON session (operator, family) WHERE kind = 2;
