-- Ringoff's schema, version 7, for PostgreSQL: certificates of closure, and the keys that sign them.

CREATE TABLE signing_key (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    retired_at BIGINT NOT NULL,
    public_key BYTEA NOT NULL,
    seed BYTEA NOT NULL
);

CREATE INDEX signing_key_now ON signing_key (operator, retired_at, id);

CREATE TABLE certificate (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    key BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    reference TEXT NOT NULL,
    statement BYTEA NOT NULL,
    signature BYTEA NOT NULL
);

CREATE UNIQUE INDEX certificate_reference ON certificate (operator, reference);
