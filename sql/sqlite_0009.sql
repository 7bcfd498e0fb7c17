-- Ringoff's schema, version 9, for SQLite: sessions of the operator's app beside those of browsers.

-- 1: a browser, which bears one token; 2: an app, whose present access token is `token`, good until
-- access_ends_at, and which has the next one by its refresh token.
ALTER TABLE session ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
ALTER TABLE session ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN access_ends_at INTEGER NOT NULL DEFAULT 0;
-- Hashes: of the part that all refresh tokens of a session have in common, and of the present one.
ALTER TABLE session ADD COLUMN family BLOB NOT NULL
    DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE session ADD COLUMN refresh BLOB NOT NULL
    DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
-- What the app calls itself, sealed; nothing for a browser that was signed in before.
ALTER TABLE session ADD COLUMN device BLOB NOT NULL DEFAULT x'';

CREATE INDEX session_family ON session (operator, family) WHERE kind = 2;
