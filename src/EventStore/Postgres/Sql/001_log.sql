-- The log and its streams. The log is the only truth: everything else in this database can be made again from it.

-- One row. Its lock orders all appends: positions have no gaps and become visible in order, so a reader that asks for
-- "position > n" can never miss an event. Group commit keeps the lock cheap.
create table log_head (
    only_row    boolean primary key default true check (only_row),
    position    bigint not null,
    recorded_at timestamptz not null
) with (fillfactor = 10);

insert into log_head (position, recorded_at) values (0, 'epoch');

-- The version check is here, because a uniqueness constraint cannot span the partitions of events.
create table streams (
    stream_id   text collate "C" primary key,
    stream_type text collate "C" not null,
    version     bigint not null check (version > 0)
) with (fillfactor = 70);

create table events (
    position       bigint not null,
    stream_id      text collate "C" not null,
    stream_type    text collate "C" not null,
    stream_version bigint not null,
    event_id       uuid not null,
    event_type     text collate "C" not null,
    schema_version integer not null,
    data           jsonb not null,
    correlation_id uuid not null,
    causation_id   uuid,
    actor          text not null,
    trace_parent   text,
    routing_key    text collate "C",
    recorded_at    timestamptz not null,
    primary key (position, recorded_at)
) partition by range (recorded_at);

create index events_by_stream on events (stream_id, stream_version);
create index events_by_correlation on events (correlation_id, position);

-- What no month's partition takes ends up here rather than nowhere.
create table events_default partition of events default;

-- Makes the partitions of this month and of the months ahead. Idempotent.
create function ensure_event_partitions(p_now timestamptz, p_months_ahead integer) returns integer
language plpgsql as $$
declare
    month timestamp;
    made  integer := 0;
begin
    for month in
        select generate_series(
            date_trunc('month', p_now at time zone 'utc'),
            date_trunc('month', p_now at time zone 'utc') + make_interval(months => p_months_ahead),
            interval '1 month')
    loop
        if to_regclass(format('events_%s', to_char(month, 'YYYY_MM'))) is null then
            execute format(
                'create table %I partition of events for values from (%L) to (%L)',
                'events_' || to_char(month, 'YYYY_MM'), month at time zone 'utc', (month + interval '1 month') at time zone 'utc');
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;
