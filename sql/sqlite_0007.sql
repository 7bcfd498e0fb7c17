-- Ringoff's schema, version 7, for SQLite: certificates of closure, and the keys that sign them.

CREATE TABLE signing_key (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    retired_at INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    seed BLOB NOT NULL
) STRICT;

CREATE INDEX signing_key_now ON signing_key (operator, retired_at, id);

CREATE TABLE certificate (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    key INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    reference TEXT NOT NULL,
    statement BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX certificate_reference ON certificate (operator, reference);
