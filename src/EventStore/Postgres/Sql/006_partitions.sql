-- Months of the log: made ahead, and moved to files when they are old.

-- Months whose events are in a file and no longer in a partition. The row is written in the transaction that drops the partition.
create table archived_months (
    month          date primary key check (extract(day from month) = 1),
    partition      text not null,
    first_position bigint not null,
    last_position  bigint not null,
    event_count    bigint not null check (event_count = last_position - first_position + 1),
    file           text not null,  -- where it was written; it may have been moved since
    checksum       bytea not null, -- SHA-256 of the file
    archived_at    timestamptz not null
);

-- Makes the partition of the month in which p_at lies, and moves there what the default partition holds of it: without that, PostgreSQL
-- would refuse to make it. False when there is nothing to make.
create function make_event_partition(p_at timestamptz) returns boolean
language plpgsql as $$
declare
    first_day timestamp   := date_trunc('month', p_at at time zone 'utc');
    starts_at timestamptz := first_day at time zone 'utc';
    ends_at   timestamptz := (first_day + interval '1 month') at time zone 'utc';
    partition text        := 'events_' || to_char(first_day, 'YYYY_MM');
begin
    if to_regclass(partition) is not null or exists (select from archived_months a where a.month = first_day::date) then
        return false;
    end if;

    -- The parent first, as everybody does who changes its partitions: so nobody waits for each other in a circle.
    lock table only events in share update exclusive mode;
    if to_regclass(partition) is not null then
        return false; -- Somebody else has made it while we waited.
    end if;

    -- Attaching needs this lock anyway. Taken now, nothing can be added in between.
    lock table events_default in access exclusive mode;
    execute format('create table %I (like events including all)', partition);
    execute format(
        'with moved as (delete from events_default where recorded_at >= %L and recorded_at < %L returning *) '
        'insert into %I select * from moved',
        starts_at, ends_at, partition);
    execute format('alter table events attach partition %I for values from (%L) to (%L)', partition, starts_at, ends_at);
    return true;
end $$;

-- As before, but for months that the default partition has events of, and not for months that are archived.
create or replace function ensure_event_partitions(p_now timestamptz, p_months_ahead integer) returns integer
language sql as $$
    select count(*) filter (where make_event_partition(month at time zone 'utc'))::integer
    from generate_series(
        date_trunc('month', p_now at time zone 'utc'),
        date_trunc('month', p_now at time zone 'utc') + make_interval(months => p_months_ahead),
        interval '1 month') as month
$$;
