-- Ringoff's schema, version 8, for PostgreSQL: a line can be suspended and reactivated.

CREATE TABLE suspension (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    line BIGINT NOT NULL,
    account BIGINT NOT NULL,
    policy BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    barred_at BIGINT NOT NULL,
    bar_how BIGINT NOT NULL,
    fee_taken_minor BIGINT NOT NULL,
    reminded_at BIGINT NOT NULL,
    over_at BIGINT NOT NULL,
    back_at BIGINT NOT NULL,
    back_why BIGINT NOT NULL,
    unbar_at BIGINT NOT NULL,
    unbarred_at BIGINT NOT NULL,
    unbar_how BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    end_how BIGINT NOT NULL,
    by_hand_at BIGINT NOT NULL,
    escalated_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    language TEXT NOT NULL
);

-- One open one a line.
CREATE UNIQUE INDEX suspension_open ON suspension (operator, line) WHERE ended_at = 0;

CREATE INDEX suspension_next ON suspension (next_at, id) WHERE next_at <> 0;

-- What a work item is about that belongs to no closure.
ALTER TABLE work ADD COLUMN suspension BIGINT NOT NULL DEFAULT 0;

CREATE INDEX work_suspension ON work (operator, suspension, id) WHERE suspension <> 0;

-- Operators that are there already get the account for fees that new ones are made with. An id is
-- its entry's with a count below 64; the entry that made an operator used the first few.
INSERT INTO ledger_account (id, operator, line, kind, balance, currency)
SELECT operator + 40, operator, 0, 6, 0, currency FROM ledger_account
WHERE line = 0 AND kind = 1 AND operator <> 0;
