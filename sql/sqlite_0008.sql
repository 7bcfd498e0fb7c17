-- Ringoff's schema, version 8, for SQLite: a line can be suspended and reactivated.

CREATE TABLE suspension (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account INTEGER NOT NULL,
    policy INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL,
    barred_at INTEGER NOT NULL,
    bar_how INTEGER NOT NULL,
    fee_taken_minor INTEGER NOT NULL,
    reminded_at INTEGER NOT NULL,
    over_at INTEGER NOT NULL,
    back_at INTEGER NOT NULL,
    back_why INTEGER NOT NULL,
    unbar_at INTEGER NOT NULL,
    unbarred_at INTEGER NOT NULL,
    unbar_how INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    end_how INTEGER NOT NULL,
    by_hand_at INTEGER NOT NULL,
    escalated_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    language TEXT NOT NULL
) STRICT;

-- One open one a line.
CREATE UNIQUE INDEX suspension_open ON suspension (operator, line) WHERE ended_at = 0;

CREATE INDEX suspension_next ON suspension (next_at) WHERE next_at <> 0;

-- What a work item is about that belongs to no closure.
ALTER TABLE work ADD COLUMN suspension INTEGER NOT NULL DEFAULT 0;

CREATE INDEX work_suspension ON work (operator, suspension) WHERE suspension <> 0;

-- Operators that are there already get the account for fees that new ones are made with. An id is
-- its entry's with a count below 64; the entry that made an operator used the first few.
INSERT INTO ledger_account (id, operator, line, kind, balance, currency)
SELECT operator + 40, operator, 0, 6, 0, currency FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;
