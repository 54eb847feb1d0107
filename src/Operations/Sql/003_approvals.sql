-- Orders that are about so much that a second person must give the same order before anything happens.

create table approvals (
    id              uuid primary key,
    act             text collate "C" not null, -- edit, discard, compensate, …
    subject         text collate "C" not null, -- what it would be done to: dead-letter/17, saga/…
    path            text collate "C" not null, -- of the order
    body            json not null,             -- of the order, as it was: it is sent again
    order_hash      text collate "C" not null, -- SHA-256 over path and body
    money           jsonb not null,            -- [{currency, amount}]: what it is about
    count           bigint not null,           -- how many it is about
    reason          text not null,
    client_id       text collate "C" not null, -- with the key: the same order, asked twice, is one
    idempotency_key text collate "C" not null,
    asked_by        text collate "C" not null,
    asked_at        timestamptz not null,
    expires_at      timestamptz not null,
    status          text not null default 'waiting' check (status in ('waiting', 'approved', 'declined')),
    decided_by      text collate "C",
    decided_at      timestamptz,
    decided_reason  text,
    unique (client_id, idempotency_key)
) with (fillfactor = 70);

create index approvals_waiting on approvals (asked_at) where status = 'waiting';
create index approvals_newest on approvals (asked_at desc, id desc);

-- What operators did is in one trail: what has tables of its own is written there too.

create or replace function apply_alert_acknowledgements(rows jsonb) returns void language sql as $$
    with acknowledged as (
        update alerts a set acknowledged_by = r.by, acknowledged_at = r.at, acknowledge_reason = r.reason
        from jsonb_to_recordset(rows) as r (id bigint, by text, at timestamptz, reason text)
        where a.id = r.id and a.acknowledged_at is null
        returning a.id, a.invariant, a.subject, a.acknowledged_by, a.acknowledged_at, a.acknowledge_reason)
    insert into operator_acts (at, by, act, reason, subject, after)
    select k.acknowledged_at, k.acknowledged_by, 'alert-acknowledged', k.acknowledge_reason, 'alert/' || k.id,
        jsonb_build_object('invariant', k.invariant, 'of', k.subject)
    from acknowledged k
$$;

create or replace function apply_event_replay_acts(rows jsonb) returns void language plpgsql as $$
declare
    r   record;
    was text;
begin
    for r in select * from jsonb_to_recordset(rows) as x (
        "replayId" uuid, act text, "doneBy" text, reason text, at timestamptz,
        "streamId" text, types text[], "correlationId" uuid, "fromPosition" bigint, "toPosition" bigint, consumer text,
        "ratePerSecond" integer)
    loop
        was := null;
        if r.act = 'start' then
            insert into event_replays (
                id, status, stream_id, types, correlation_id, from_position, to_position, consumer, rate_per_second, position,
                started_by, started_at, moved_at)
            values (
                r."replayId", 'running', r."streamId", r.types, r."correlationId", r."fromPosition", r."toPosition", r.consumer,
                r."ratePerSecond", r."fromPosition" - 1, r."doneBy", r.at, r.at);
        else
            select status into was from event_replays where id = r."replayId" for update;
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
        insert into operator_acts (at, by, act, reason, subject, before, after)
        select r.at, r."doneBy", 'event-replay-' || r.act, r.reason, 'event-replay/' || e.id,
            case when was is not null then jsonb_build_object('status', was) end,
            jsonb_strip_nulls(jsonb_build_object(
                'status', e.status, 'streamId', e.stream_id, 'types', to_jsonb(e.types), 'correlationId', e.correlation_id,
                'fromPosition', e.from_position, 'toPosition', e.to_position, 'consumer', e.consumer))
        from event_replays e where e.id = r."replayId";
    end loop;
end $$;
