-- Time comes from the database (docs/decisions/012-time-from-the-database.md).

-- Every append moves log_head.recorded_at and stamps its events and claims with it. What the caller says the time is does not count any more,
-- whichever version of the services calls. It is read under the lock that orders appends, and is later than that of every append before it,
-- if only by a microsecond: so a moment of the log is also a position in it, and periods that meet have every event once.
create function record_at_database_time() returns trigger language plpgsql as $$
begin
    new.recorded_at := greatest(clock_timestamp(), old.recorded_at + interval '1 microsecond');
    return new;
end $$;

create trigger database_time before update of recorded_at on log_head
for each row execute function record_at_database_time();

-- The function of 003, which no version calls that this one can run beside.
drop function append_units(
    timestamptz, text,
    integer[], text[], text[], bigint[], integer[],
    integer[], integer[], uuid[], text[], integer[], jsonb[], uuid[], uuid[], text[], text[], text[],
    integer[], text[], jsonb[],
    integer[], text[], text[], integer[], text[], bigint[], bigint[],
    integer[], text[], text[], bytea[], json[]);

-- Idempotency keys are archived with their month: the answers go to a file of their own, and the keys stay, so that none is ever obeyed twice.
-- Null: nothing was archived but events, by an earlier version.
alter table archived_months
    add column claim_count    bigint,
    add column claims_checksum bytea; -- SHA-256 of the file of claims, beside that of the events
