-- Ringoff's schema, version 1, for SQLite. Migrations run forward only, each in one transaction.

CREATE TABLE operator (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (code)
) STRICT;

CREATE TABLE policy (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    version INTEGER NOT NULL,
    effective_at INTEGER NOT NULL,
    loaded_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (operator, version)
) STRICT;

CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,
    erase_after INTEGER NOT NULL,
    name BLOB NOT NULL,
    name_zh BLOB NOT NULL,
    birth BLOB NOT NULL,
    document_type TEXT NOT NULL,
    document BLOB NOT NULL,
    document_key BLOB NOT NULL,
    language TEXT NOT NULL,
    UNIQUE (operator, document_key)
) STRICT;

CREATE TABLE line (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    subscriber INTEGER NOT NULL,
    state INTEGER NOT NULL,
    closure INTEGER NOT NULL,
    activated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sim_since INTEGER NOT NULL,
    contact_changed_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    number TEXT NOT NULL,
    iccid TEXT NOT NULL,
    imsi TEXT NOT NULL,
    plan TEXT NOT NULL,
    UNIQUE (iccid)
) STRICT;

CREATE UNIQUE INDEX line_number ON line (operator, number) WHERE state <> 4;

CREATE INDEX line_subscriber ON line (operator, subscriber) WHERE state <> 4;

CREATE INDEX line_page ON line (operator, id);

CREATE TABLE number (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    state INTEGER NOT NULL,
    line INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    number TEXT NOT NULL,
    UNIQUE (number)
) STRICT;

CREATE TABLE sim (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    since INTEGER NOT NULL,
    iccid TEXT NOT NULL,
    imsi TEXT NOT NULL,
    UNIQUE (iccid),
    UNIQUE (imsi)
) STRICT;

CREATE TABLE contact (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    since INTEGER NOT NULL,
    verified_at INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    address BLOB NOT NULL
) STRICT;

CREATE INDEX contact_line ON contact (operator, line) WHERE removed_at = 0;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    state INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    password_at INTEGER NOT NULL,
    email BLOB NOT NULL,
    email_key BLOB NOT NULL,
    password TEXT NOT NULL,
    language TEXT NOT NULL,
    UNIQUE (operator, email_key)
) STRICT;

CREATE TABLE account_line (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    account INTEGER NOT NULL,
    line INTEGER NOT NULL,
    proved_at INTEGER NOT NULL,
    UNIQUE (account, line)
) STRICT;

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    account INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    stepped_up_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    token BLOB NOT NULL,
    UNIQUE (token)
) STRICT;

CREATE INDEX session_account ON session (operator, account, ends_at) WHERE closed_at = 0;

CREATE TABLE challenge (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account INTEGER NOT NULL,
    issue INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    proved_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    address BLOB NOT NULL,
    language TEXT NOT NULL,
    nonce BLOB NOT NULL
) STRICT;

CREATE TABLE closure (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account INTEGER NOT NULL,
    basis INTEGER NOT NULL,
    contact INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    identity_at INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    undo_until INTEGER NOT NULL,
    executing_at INTEGER NOT NULL,
    cut_at INTEGER NOT NULL,
    cut_how INTEGER NOT NULL,
    deregistered_at INTEGER NOT NULL,
    withdrawn_at INTEGER NOT NULL,
    rejected_at INTEGER NOT NULL,
    expired_at INTEGER NOT NULL,
    reminded_at INTEGER NOT NULL,
    escalated_at INTEGER NOT NULL,
    confirm_issue INTEGER NOT NULL,
    confirm_issued_at INTEGER NOT NULL,
    confirm_expires_at INTEGER NOT NULL,
    confirm_attempts INTEGER NOT NULL,
    confirm_sends INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    policy INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL,
    promotional_minor INTEGER NOT NULL,
    quarantine_until INTEGER NOT NULL,
    erase_after INTEGER NOT NULL,
    claim_until INTEGER NOT NULL,
    evidence_by INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    reference TEXT NOT NULL,
    reason BLOB NOT NULL,
    language TEXT NOT NULL,
    evidence TEXT NOT NULL,
    api_key INTEGER NOT NULL,
    confirm_delivered_at INTEGER NOT NULL,
    UNIQUE (reference)
) STRICT;

CREATE INDEX closure_next ON closure (next_at) WHERE next_at <> 0;

CREATE INDEX closure_page ON closure (operator, id);

CREATE TABLE work (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    closure INTEGER NOT NULL,
    line INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    done_at INTEGER NOT NULL,
    done_by INTEGER NOT NULL,
    evidence TEXT NOT NULL
) STRICT;

CREATE INDEX work_open ON work (operator, due_at) WHERE done_at = 0;

CREATE INDEX work_closure ON work (operator, closure);

CREATE TABLE ledger_account (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    currency TEXT NOT NULL,
    UNIQUE (operator, line, kind)
) STRICT;

CREATE TABLE posting (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    account INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL
) STRICT;

CREATE INDEX posting_account ON posting (operator, account);

CREATE TABLE effect (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    target INTEGER NOT NULL,
    line INTEGER NOT NULL,
    state INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    done_at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    door TEXT NOT NULL,
    contact INTEGER NOT NULL
) STRICT;

-- Two queues: a network that hangs must not hold up the messages.
CREATE INDEX effect_next ON effect (next_at) WHERE state = 1 AND door <> 'network';

CREATE INDEX effect_network ON effect (next_at) WHERE state = 1 AND door = 'network';

CREATE INDEX effect_page ON effect (operator, id);

CREATE INDEX effect_target ON effect (operator, target);

CREATE TABLE budget (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    since INTEGER NOT NULL,
    count INTEGER NOT NULL,
    scope TEXT NOT NULL,
    step INTEGER NOT NULL
) STRICT;

CREATE TABLE remembered (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    refusal INTEGER NOT NULL,
    result INTEGER NOT NULL,
    at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    key BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE api_key (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    hash BLOB NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    UNIQUE (hash)
) STRICT;

CREATE INDEX api_key_page ON api_key (operator, id);

CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    name BLOB NOT NULL,
    system_user BLOB NOT NULL,
    user_key BLOB NOT NULL,
    roles TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX staff_user ON staff (operator, user_key) WHERE removed_at = 0;

CREATE INDEX staff_page ON staff (operator, id);

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    at INTEGER NOT NULL,
    effect INTEGER NOT NULL,
    address BLOB NOT NULL,
    via TEXT NOT NULL,
    subject BLOB NOT NULL,
    text BLOB NOT NULL,
    UNIQUE (effect)
) STRICT;

CREATE INDEX inbox_page ON inbox (operator, id);

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    chain INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    operator INTEGER NOT NULL,
    actor_kind INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    result INTEGER NOT NULL,
    verb TEXT NOT NULL,
    refusal TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    UNIQUE (chain, seq)
) STRICT;

CREATE INDEX journal_subject ON journal (operator, subject);

-- What this installation is: a demo or not, and which key file belongs to it.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    demo INTEGER NOT NULL,
    fingerprint BLOB NOT NULL
) STRICT;

CREATE TABLE chain (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- What the heads of all chains were when an entry journal.checkpoint was written; id is its id.
CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    heads BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- One row: the entry of the journal that last changed operators or policies.
CREATE TABLE rules_version (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL
) STRICT;

INSERT INTO rules_version (id, entry) VALUES (1, 0);

-- Refusals of people nobody knows, counted by the minute; they are not in the journal. Each chain's
-- committer counts for itself, so that none waits for another; the sum counts.
CREATE TABLE refusal_count (
    operator INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    verb TEXT NOT NULL,
    refusal TEXT NOT NULL,
    chain INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (operator, minute, verb, refusal, chain)
) STRICT, WITHOUT ROWID;
