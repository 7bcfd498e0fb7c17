-- Ringoff's schema, version 1, for PostgreSQL. Migrations run forward only, each in one
-- transaction. The same tables and columns as SQLite's, in the same order; what is looked up by is
-- compared byte by byte.
-- What grows without end by time (session, challenge, posting, effect, journal, refusal_count,
-- checkpoint) is declared split by it, so that old months can be moved or dropped as tables. A
-- unique index must then hold the time; nothing is lost by that, for those ids come from entries of
-- the journal, whose numbers the row of their chain keeps apart, and tokens are 256 random bits.

CREATE TABLE operator (
    id BIGINT PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL,
    added_at BIGINT NOT NULL,
    UNIQUE (code)
);

CREATE TABLE policy (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    version BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    loaded_at BIGINT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (operator, version)
);

CREATE TABLE subscriber (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    registered_at BIGINT NOT NULL,
    erase_after BIGINT NOT NULL,
    name BYTEA NOT NULL,
    name_zh BYTEA NOT NULL,
    birth BYTEA NOT NULL,
    document_type TEXT NOT NULL,
    document BYTEA NOT NULL,
    document_key BYTEA NOT NULL,
    language TEXT NOT NULL,
    UNIQUE (operator, document_key)
);

CREATE TABLE line (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    subscriber BIGINT NOT NULL,
    state BIGINT NOT NULL,
    closure BIGINT NOT NULL,
    activated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sim_since BIGINT NOT NULL,
    contact_changed_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    iccid TEXT COLLATE "C" NOT NULL,
    imsi TEXT COLLATE "C" NOT NULL,
    plan TEXT NOT NULL,
    UNIQUE (iccid)
);

CREATE UNIQUE INDEX line_number ON line (operator, number) WHERE state <> 4;

CREATE INDEX line_subscriber ON line (operator, subscriber, id) WHERE state <> 4;

CREATE INDEX line_page ON line (operator, id);

CREATE TABLE number (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    state BIGINT NOT NULL,
    line BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    UNIQUE (number)
);

CREATE TABLE sim (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    since BIGINT NOT NULL,
    iccid TEXT COLLATE "C" NOT NULL,
    imsi TEXT COLLATE "C" NOT NULL,
    UNIQUE (iccid),
    UNIQUE (imsi)
);

CREATE TABLE contact (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    since BIGINT NOT NULL,
    verified_at BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,
    address BYTEA NOT NULL
);

CREATE INDEX contact_line ON contact (operator, line, id) WHERE removed_at = 0;

CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    state BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    password_at BIGINT NOT NULL,
    email BYTEA NOT NULL,
    email_key BYTEA NOT NULL,
    password TEXT NOT NULL,
    language TEXT NOT NULL,
    UNIQUE (operator, email_key)
);

CREATE TABLE account_line (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    account BIGINT NOT NULL,
    line BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    UNIQUE (account, line)
);

CREATE TABLE session (
    id BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    account BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    stepped_up_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    token BYTEA NOT NULL,
    PRIMARY KEY (id, opened_at),
    UNIQUE (token, opened_at)
) PARTITION BY RANGE (opened_at);

CREATE TABLE session_rest PARTITION OF session DEFAULT;

CREATE INDEX session_account ON session (operator, account, ends_at, id) WHERE closed_at = 0;

-- A code that is sent again is issued anew: its row may move to the next month.
CREATE TABLE challenge (
    id BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    account BIGINT NOT NULL,
    issue BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    sends BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    address BYTEA NOT NULL,
    language TEXT NOT NULL,
    nonce BYTEA NOT NULL,
    PRIMARY KEY (id, issued_at)
) PARTITION BY RANGE (issued_at);

CREATE TABLE challenge_rest PARTITION OF challenge DEFAULT;

CREATE TABLE closure (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    account BIGINT NOT NULL,
    basis BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    submitted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    identity_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    undo_until BIGINT NOT NULL,
    executing_at BIGINT NOT NULL,
    cut_at BIGINT NOT NULL,
    cut_how BIGINT NOT NULL,
    deregistered_at BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    rejected_at BIGINT NOT NULL,
    expired_at BIGINT NOT NULL,
    reminded_at BIGINT NOT NULL,
    escalated_at BIGINT NOT NULL,
    confirm_issue BIGINT NOT NULL,
    confirm_issued_at BIGINT NOT NULL,
    confirm_expires_at BIGINT NOT NULL,
    confirm_attempts BIGINT NOT NULL,
    confirm_sends BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    policy BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    promotional_minor BIGINT NOT NULL,
    quarantine_until BIGINT NOT NULL,
    erase_after BIGINT NOT NULL,
    claim_until BIGINT NOT NULL,
    evidence_by BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    reason BYTEA NOT NULL,
    language TEXT NOT NULL,
    evidence TEXT NOT NULL,
    api_key BIGINT NOT NULL,
    confirm_delivered_at BIGINT NOT NULL,
    UNIQUE (reference)
);

CREATE INDEX closure_next ON closure (next_at, id) WHERE next_at <> 0;

CREATE INDEX closure_page ON closure (operator, id);

CREATE TABLE work (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    closure BIGINT NOT NULL,
    line BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    done_by BIGINT NOT NULL,
    evidence TEXT NOT NULL
);

CREATE INDEX work_open ON work (operator, due_at, id) WHERE done_at = 0;

CREATE INDEX work_closure ON work (operator, closure, id);

CREATE TABLE ledger_account (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    currency TEXT NOT NULL,
    UNIQUE (operator, line, kind)
);

CREATE TABLE posting (
    id BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    account BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE TABLE posting_rest PARTITION OF posting DEFAULT;

CREATE INDEX posting_account ON posting (operator, account, id);

CREATE TABLE effect (
    id BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    target BIGINT NOT NULL,
    line BIGINT NOT NULL,
    state BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    cause TEXT NOT NULL,
    door TEXT COLLATE "C" NOT NULL,
    contact BIGINT NOT NULL,
    PRIMARY KEY (id, made_at)
) PARTITION BY RANGE (made_at);

CREATE TABLE effect_rest PARTITION OF effect DEFAULT;

-- Two queues: a network that hangs must not hold up the messages.
CREATE INDEX effect_next ON effect (next_at, id) WHERE state = 1 AND door <> 'network';

CREATE INDEX effect_network ON effect (next_at, id) WHERE state = 1 AND door = 'network';

CREATE INDEX effect_page ON effect (operator, id);

CREATE INDEX effect_target ON effect (operator, target, id);

CREATE TABLE budget (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    since BIGINT NOT NULL,
    count BIGINT NOT NULL,
    scope TEXT NOT NULL,
    step BIGINT NOT NULL
);

-- Whole: that an id is there only once, whenever it was given, is what keeps a command from being
-- done twice.
CREATE TABLE remembered (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    refusal BIGINT NOT NULL,
    result BIGINT NOT NULL,
    at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    key BYTEA NOT NULL,
    body BYTEA NOT NULL
);

CREATE TABLE api_key (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    UNIQUE (hash)
);

CREATE INDEX api_key_page ON api_key (operator, id);

CREATE TABLE staff (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,
    name BYTEA NOT NULL,
    system_user BYTEA NOT NULL,
    user_key BYTEA NOT NULL,
    roles TEXT NOT NULL
);

CREATE UNIQUE INDEX staff_user ON staff (operator, user_key) WHERE removed_at = 0;

CREATE INDEX staff_page ON staff (operator, id);

CREATE TABLE inbox (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    at BIGINT NOT NULL,
    effect BIGINT NOT NULL,
    address BYTEA NOT NULL,
    via TEXT NOT NULL,
    subject BYTEA NOT NULL,
    text BYTEA NOT NULL,
    UNIQUE (effect)
);

CREATE INDEX inbox_page ON inbox (operator, id);

CREATE TABLE journal (
    id BIGINT NOT NULL,
    chain BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    actor_kind BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    result BIGINT NOT NULL,
    verb TEXT COLLATE "C" NOT NULL,
    refusal TEXT COLLATE "C" NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (id, at),
    UNIQUE (chain, seq, at)
) PARTITION BY RANGE (at);

CREATE TABLE journal_rest PARTITION OF journal DEFAULT;

CREATE INDEX journal_subject ON journal (operator, subject, id);

-- What this installation is: a demo or not, and which key file belongs to it.
CREATE TABLE installation (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    demo BIGINT NOT NULL,
    fingerprint BYTEA NOT NULL
);

CREATE TABLE chain (
    id BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

-- Refusals of people nobody knows, counted by the minute; they are not in the journal.
CREATE TABLE refusal_count (
    operator BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    verb TEXT COLLATE "C" NOT NULL,
    refusal TEXT COLLATE "C" NOT NULL,
    chain BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (operator, minute, verb, refusal, chain)
) PARTITION BY RANGE (minute);

CREATE TABLE refusal_count_rest PARTITION OF refusal_count DEFAULT;

-- However few operators there are, a page of a small one's rows is found by the operator and never
-- picked from among the rows of all: the planner must not learn that there are two or three.
ALTER TABLE line ALTER COLUMN operator SET (n_distinct = 100);
ALTER TABLE closure ALTER COLUMN operator SET (n_distinct = 100);
ALTER TABLE effect_rest ALTER COLUMN operator SET (n_distinct = 100);
ALTER TABLE work ALTER COLUMN operator SET (n_distinct = 100);
ALTER TABLE inbox ALTER COLUMN operator SET (n_distinct = 100);
ALTER TABLE staff ALTER COLUMN operator SET (n_distinct = 100);
ALTER TABLE api_key ALTER COLUMN operator SET (n_distinct = 100);

-- How many migrations this database has had: one row.
CREATE TABLE schema_version (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);

INSERT INTO schema_version (id, version) VALUES (1, 0);

-- What the heads of all chains were when an entry journal.checkpoint was written; id is its id.
CREATE TABLE checkpoint (
    id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    heads BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE TABLE checkpoint_rest PARTITION OF checkpoint DEFAULT;

-- One row: the entry of the journal that last changed operators or policies.
CREATE TABLE rules_version (
    id BIGINT PRIMARY KEY,
    entry BIGINT NOT NULL
);

INSERT INTO rules_version (id, entry) VALUES (1, 0);
