-- Ringoff's schema, version 16, for PostgreSQL: what becomes of the credit is chosen, claimed, or lapses.

-- The contacts were told that the time to claim is nearly over; it was, and so much was unclaimed.
ALTER TABLE closure ADD COLUMN unclaimed_told_at bigint NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN lapsed_at bigint NOT NULL DEFAULT 0;
ALTER TABLE closure ADD COLUMN lapsed_minor bigint NOT NULL DEFAULT 0;

-- Who chose: enum actor_kind, and its id.
ALTER TABLE settlement ADD COLUMN asked_kind bigint NOT NULL DEFAULT 0;
ALTER TABLE settlement ADD COLUMN asked_by bigint NOT NULL DEFAULT 0;
