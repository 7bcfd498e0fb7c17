-- Ringoff's schema, version 14, for SQLite: an account's postings by time, as a person reads them.

DROP INDEX posting_account;
CREATE INDEX posting_account ON posting (operator, account, at);
