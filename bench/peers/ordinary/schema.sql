-- The ordinary service's tables: the rows that Ringoff writes for a closure, as a team with one
-- database and no further ceremony would keep them.
CREATE TABLE api_key (
    id bigint PRIMARY KEY,
    operator bigint NOT NULL,
    hash bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    revoked_at timestamptz
);
CREATE TABLE subscriber (
    id bigint PRIMARY KEY,
    operator bigint NOT NULL,
    name text NOT NULL,
    document_type text NOT NULL,
    document_hash bytea NOT NULL,
    UNIQUE (operator, document_hash)
);
CREATE TABLE line (
    id bigint PRIMARY KEY,
    operator bigint NOT NULL,
    subscriber bigint NOT NULL REFERENCES subscriber,
    number text NOT NULL,
    imsi text NOT NULL UNIQUE,
    state text NOT NULL,
    closure bigint,
    balance bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (operator, number)
);
CREATE INDEX line_subscriber ON line (subscriber);
CREATE TABLE closure (
    id bigserial PRIMARY KEY,
    operator bigint NOT NULL,
    line bigint NOT NULL REFERENCES line,
    api_key bigint NOT NULL REFERENCES api_key,
    reference text NOT NULL UNIQUE,
    state text NOT NULL,
    nonce bytea NOT NULL,
    language text NOT NULL,
    reason text,
    submitted_at timestamptz NOT NULL,
    identity_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    confirm_expires_at timestamptz NOT NULL
);
CREATE INDEX closure_line ON closure (line);
CREATE INDEX closure_due ON closure (due_at) WHERE state = 'submitted';
CREATE TABLE attempt (
    line bigint NOT NULL REFERENCES line,
    kind text NOT NULL,
    since timestamptz NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (line, kind)
);
CREATE TABLE effect (
    id bigserial PRIMARY KEY,
    closure bigint NOT NULL REFERENCES closure,
    kind text NOT NULL,
    door text NOT NULL,
    state text NOT NULL,
    next_at timestamptz NOT NULL
);
CREATE INDEX effect_next ON effect (next_at) WHERE state = 'waiting';
CREATE TABLE idempotency (
    api_key bigint NOT NULL REFERENCES api_key,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status integer,
    answer jsonb,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (api_key, key)
);
CREATE TABLE audit (
    id bigserial PRIMARY KEY,
    operator bigint NOT NULL,
    api_key bigint NOT NULL,
    action text NOT NULL,
    line bigint NOT NULL,
    closure bigint,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_line ON audit (line);
