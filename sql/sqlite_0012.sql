-- Ringoff's schema, version 12, for SQLite: money. Charges, transfers, refunds and what was chosen.

-- What the charging system told, once: the id is a hash of the operator and its transaction.
CREATE TABLE charge (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    account INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    at INTEGER NOT NULL,
    booked_at INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    late INTEGER NOT NULL,
    transaction_id TEXT NOT NULL,
    payment TEXT NOT NULL
) STRICT;

CREATE INDEX charge_paid ON charge (operator, line, booked_at) WHERE payment <> '';

-- The payment provider may top a line up; ended with it.
CREATE TABLE mandate (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    reference TEXT NOT NULL,
    method BLOB NOT NULL
) STRICT;

CREATE INDEX mandate_line ON mandate (operator, line, id) WHERE ended_at = 0;

-- Credit that went from line to line.
CREATE TABLE transfer (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    target INTEGER NOT NULL,
    closure INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account INTEGER NOT NULL,
    language TEXT NOT NULL
) STRICT;

-- To whom a refund is paid; never changed.
CREATE TABLE payee (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    closure INTEGER NOT NULL,
    way INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    charge INTEGER NOT NULL,
    bank BLOB NOT NULL,
    branch BLOB NOT NULL,
    bic BLOB NOT NULL,
    country BLOB NOT NULL,
    number BLOB NOT NULL,
    name BLOB NOT NULL
) STRICT;

-- What was chosen for the credit of the closure whose id it bears.
CREATE TABLE settlement (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    choice INTEGER NOT NULL,
    chosen_at INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    payee INTEGER NOT NULL,
    target INTEGER NOT NULL,
    leave_minor INTEGER NOT NULL,
    wait_until INTEGER NOT NULL,
    account INTEGER NOT NULL,
    settled_at INTEGER NOT NULL,
    refund INTEGER NOT NULL,
    transfer INTEGER NOT NULL,
    refund_minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL,
    transfer_minor INTEGER NOT NULL,
    left_minor INTEGER NOT NULL
) STRICT;

-- Unfinished ones are below state 6.
CREATE TABLE refund (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    closure INTEGER NOT NULL,
    account INTEGER NOT NULL,
    payee INTEGER NOT NULL,
    state INTEGER NOT NULL,
    claimed INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL,
    online_minor INTEGER NOT NULL,
    requested_at INTEGER NOT NULL,
    wait_until INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    asked_kind INTEGER NOT NULL,
    asked_by INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    checked_by INTEGER NOT NULL,
    approved_at INTEGER NOT NULL,
    approved_by INTEGER NOT NULL,
    filed_at INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    paid_at INTEGER NOT NULL,
    paid_by INTEGER NOT NULL,
    rejected_at INTEGER NOT NULL,
    rejected_by INTEGER NOT NULL,
    returned_at INTEGER NOT NULL,
    returned_by INTEGER NOT NULL,
    returns INTEGER NOT NULL,
    corrected_at INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    escalated_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    policy INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    reference TEXT NOT NULL,
    contact BLOB NOT NULL,
    language TEXT NOT NULL,
    evidence TEXT NOT NULL,
    UNIQUE (operator, reference)
) STRICT;

CREATE INDEX refund_closure ON refund (operator, closure);

CREATE INDEX refund_open ON refund (operator, due_at) WHERE state < 6;

CREATE INDEX refund_next ON refund (next_at) WHERE next_at <> 0;

ALTER TABLE line ADD COLUMN online_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE line ADD COLUMN transferred_at INTEGER NOT NULL DEFAULT 0;

-- What a work item is about that belongs to neither closure nor suspension.
ALTER TABLE work ADD COLUMN refund INTEGER NOT NULL DEFAULT 0;
ALTER TABLE work ADD COLUMN mandate INTEGER NOT NULL DEFAULT 0;

CREATE INDEX work_refund ON work (operator, refund) WHERE refund <> 0;

CREATE INDEX work_mandate ON work (operator, mandate) WHERE mandate <> 0;

-- The accounts of a line that is closed already are shut, but for what can still be claimed.
ALTER TABLE ledger_account ADD COLUMN shut_at INTEGER NOT NULL DEFAULT 0;
UPDATE ledger_account SET shut_at = (SELECT closed_at FROM line WHERE line.id = ledger_account.line)
WHERE kind IN (2, 3) AND line IN (SELECT id FROM line WHERE state = 4);

-- What moved an amount (enum movement). What was posted before is told by the account it went to.
ALTER TABLE posting ADD COLUMN movement INTEGER NOT NULL DEFAULT 1;
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
