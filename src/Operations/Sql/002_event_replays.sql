-- Events that are sent once more because a person asked for it: what was asked, how far it has come, and who did what.

create table event_replays (
    id              uuid primary key,
    status          text not null check (status in ('running', 'paused', 'completed', 'cancelled', 'failed')),
    stream_id       text collate "C",      -- null: of all streams
    types           text[],                -- null: of all types
    correlation_id  uuid,                  -- null: of all
    from_position   bigint not null,
    to_position     bigint not null,       -- never beyond the end of the log as it was: a replay has an end
    consumer        text collate "C",      -- null: for all who read
    rate_per_second integer not null,
    position        bigint not null,       -- all up to here is on the broker; a crash repeats what was sent since
    sent            bigint not null default 0,
    started_by      text not null,
    started_at      timestamptz not null,
    moved_at        timestamptz not null,
    ended_at        timestamptz,
    error           text                   -- what stood in the way last
) with (fillfactor = 50);

create index event_replays_running on event_replays (started_at) where status = 'running';

create table event_replay_acts (
    id        bigint generated always as identity primary key,
    replay_id uuid not null references event_replays,
    act       text not null check (act in ('start', 'pause', 'resume', 'cancel')),
    done_by   text not null,
    reason    text not null,
    at        timestamptz not null
);

create index event_replay_acts_of on event_replay_acts (replay_id, id);

-- Written in the transaction that takes the idempotency key: what is done, and who did it and why, are there together.
create function apply_event_replay_acts(rows jsonb) returns void language plpgsql as $$
declare
    r record;
begin
    for r in select * from jsonb_to_recordset(rows) as x (
        "replayId" uuid, act text, "doneBy" text, reason text, at timestamptz,
        "streamId" text, types text[], "correlationId" uuid, "fromPosition" bigint, "toPosition" bigint, consumer text,
        "ratePerSecond" integer)
    loop
        if r.act = 'start' then
            insert into event_replays (
                id, status, stream_id, types, correlation_id, from_position, to_position, consumer, rate_per_second, position,
                started_by, started_at, moved_at)
            values (
                r."replayId", 'running', r."streamId", r.types, r."correlationId", r."fromPosition", r."toPosition", r.consumer,
                r."ratePerSecond", r."fromPosition" - 1, r."doneBy", r.at, r.at);
        else
            update event_replays set
                status = case r.act when 'pause' then 'paused' when 'resume' then 'running' else 'cancelled' end,
                ended_at = case r.act when 'cancel' then r.at end,
                error = case r.act when 'resume' then null else error end
            where id = r."replayId" and case r.act
                when 'pause' then status = 'running'
                when 'resume' then status in ('paused', 'failed')
                else status in ('running', 'paused', 'failed') end;
            if not found then
                raise exception 'replay % is not in a state for %', r."replayId", r.act;
            end if;
        end if;
        insert into event_replay_acts (replay_id, act, done_by, reason, at) values (r."replayId", r.act, r."doneBy", r.reason, r.at);
    end loop;
end $$;
