-- Ringoff's schema, version 3, for SQLite: a code that opens the status of a closure.

ALTER TABLE challenge ADD COLUMN closure INTEGER NOT NULL DEFAULT 0;

-- Which of its status secrets counts: another one is made when the first is lost.
ALTER TABLE closure ADD COLUMN status_issue INTEGER NOT NULL DEFAULT 1;
