-- Ringoff's schema, version 15, for PostgreSQL: history is only ever added to.

-- Whoever moves rows to the partition of their month switches it off there and then:
-- doc/several-machines.md. A partition that is attached gets it, one that is detached loses it.
CREATE FUNCTION posting_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a posting is never changed or removed' USING ERRCODE = '23001'; END $$;

CREATE TRIGGER posting_stays BEFORE UPDATE OR DELETE ON posting
FOR EACH ROW EXECUTE FUNCTION posting_stays();

CREATE TRIGGER posting_kept BEFORE TRUNCATE ON posting
FOR EACH STATEMENT EXECUTE FUNCTION posting_stays();

CREATE TRIGGER posting_kept BEFORE TRUNCATE ON posting_rest
FOR EACH STATEMENT EXECUTE FUNCTION posting_stays();
