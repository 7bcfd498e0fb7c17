-- Ringoff's schema, version 13, for SQLite: what is asked of the payment provider waits in a queue of
-- its own.

DROP INDEX effect_next;
CREATE INDEX effect_next ON effect (next_at)
    WHERE state = 1 AND door <> 'network' AND door <> 'payment';
CREATE INDEX effect_payment ON effect (next_at) WHERE state = 1 AND door = 'payment';
