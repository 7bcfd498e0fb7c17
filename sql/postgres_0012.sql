-- Ringoff's schema, version 12, for PostgreSQL: money. Charges, transfers, refunds and what was chosen.

-- What the charging system told, once: the id is a hash of the operator and its transaction.
CREATE TABLE charge (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    account BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    booked_at BIGINT NOT NULL,
    channel BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    late BIGINT NOT NULL,
    transaction_id TEXT NOT NULL,
    payment TEXT NOT NULL
);

CREATE INDEX charge_paid ON charge (operator, line, booked_at, id) WHERE payment <> '';

-- The payment provider may top a line up; ended with it.
CREATE TABLE mandate (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    reference TEXT NOT NULL,
    method BYTEA NOT NULL
);

CREATE INDEX mandate_line ON mandate (operator, line, id) WHERE ended_at = 0;

-- Credit that went from line to line.
CREATE TABLE transfer (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    target BIGINT NOT NULL,
    closure BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account BIGINT NOT NULL,
    language TEXT NOT NULL
);

-- To whom a refund is paid; never changed.
CREATE TABLE payee (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    closure BIGINT NOT NULL,
    way BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    charge BIGINT NOT NULL,
    bank BYTEA NOT NULL,
    branch BYTEA NOT NULL,
    bic BYTEA NOT NULL,
    country BYTEA NOT NULL,
    number BYTEA NOT NULL,
    name BYTEA NOT NULL
);

-- What was chosen for the credit of the closure whose id it bears.
CREATE TABLE settlement (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    choice BIGINT NOT NULL,
    chosen_at BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    payee BIGINT NOT NULL,
    target BIGINT NOT NULL,
    leave_minor BIGINT NOT NULL,
    wait_until BIGINT NOT NULL,
    account BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    refund BIGINT NOT NULL,
    transfer BIGINT NOT NULL,
    refund_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    transfer_minor BIGINT NOT NULL,
    left_minor BIGINT NOT NULL
);

-- Unfinished ones are below state 6.
CREATE TABLE refund (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    closure BIGINT NOT NULL,
    account BIGINT NOT NULL,
    payee BIGINT NOT NULL,
    state BIGINT NOT NULL,
    claimed BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    online_minor BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    wait_until BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    asked_kind BIGINT NOT NULL,
    asked_by BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    checked_by BIGINT NOT NULL,
    approved_at BIGINT NOT NULL,
    approved_by BIGINT NOT NULL,
    filed_at BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    paid_at BIGINT NOT NULL,
    paid_by BIGINT NOT NULL,
    rejected_at BIGINT NOT NULL,
    rejected_by BIGINT NOT NULL,
    returned_at BIGINT NOT NULL,
    returned_by BIGINT NOT NULL,
    returns BIGINT NOT NULL,
    corrected_at BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    escalated_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    policy BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    reference TEXT NOT NULL,
    contact BYTEA NOT NULL,
    language TEXT NOT NULL,
    evidence TEXT NOT NULL,
    UNIQUE (operator, reference)
);

CREATE INDEX refund_closure ON refund (operator, closure, id);

CREATE INDEX refund_open ON refund (operator, due_at, id) WHERE state < 6;

CREATE INDEX refund_next ON refund (next_at, id) WHERE next_at <> 0;

ALTER TABLE line ADD COLUMN online_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE line ADD COLUMN transferred_at BIGINT NOT NULL DEFAULT 0;

-- What a work item is about that belongs to neither closure nor suspension.
ALTER TABLE work ADD COLUMN refund BIGINT NOT NULL DEFAULT 0;
ALTER TABLE work ADD COLUMN mandate BIGINT NOT NULL DEFAULT 0;

CREATE INDEX work_refund ON work (operator, refund, id) WHERE refund <> 0;

CREATE INDEX work_mandate ON work (operator, mandate, id) WHERE mandate <> 0;

-- The accounts of a line that is closed already are shut, but for what can still be claimed.
ALTER TABLE ledger_account ADD COLUMN shut_at BIGINT NOT NULL DEFAULT 0;
UPDATE ledger_account SET shut_at = (SELECT closed_at FROM line WHERE line.id = ledger_account.line)
WHERE kind IN (2, 3) AND line IN (SELECT id FROM line WHERE state = 4);

-- What moved an amount (enum movement). What was posted before is told by the account it went to.
ALTER TABLE posting ADD COLUMN movement BIGINT NOT NULL DEFAULT 1;
UPDATE posting SET movement = 5 WHERE account IN (SELECT id FROM ledger_account WHERE kind = 6);
UPDATE posting SET movement = 9 WHERE account IN (SELECT id FROM ledger_account WHERE kind = 5);
UPDATE posting SET movement = 8 WHERE account IN (SELECT id FROM ledger_account WHERE kind = 4);
UPDATE posting SET movement = CASE WHEN account IN (SELECT id FROM ledger_account WHERE kind = 3) THEN 9
WHEN entry IN (SELECT entry FROM posting WHERE movement = 5) THEN 5 ELSE 8 END
WHERE movement = 1 AND amount < 0 AND account IN (SELECT id FROM ledger_account WHERE kind IN (2, 3))
AND entry IN (SELECT entry FROM posting WHERE movement <> 1);

-- Operators that are there already get the accounts that new ones are made with. An id is its
-- entry's with a count below 64; the entry that made an operator used the first few and 40.

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 41, operator, 0, 7, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 42, operator, 0, 8, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 43, operator, 0, 9, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 44, operator, 0, 10, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 45, operator, 0, 11, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 46, operator, 0, 12, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 47, operator, 0, 13, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 48, operator, 0, 14, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 49, operator, 0, 15, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;

INSERT INTO ledger_account (id, operator, line, kind, balance, currency, shut_at)
SELECT operator + 50, operator, 0, 16, 0, currency, 0 FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;
