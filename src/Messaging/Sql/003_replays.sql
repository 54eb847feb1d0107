-- What operators do about dead letters: edits, discards and replays, and a record of all of it.

-- Append-only: who did what, when and why. For what is done to messages, a row for each, written in the transaction that does it.
create table operator_acts (
    id         bigint generated always as identity primary key,
    at         timestamptz not null,
    by         text collate "C" not null,
    act        text collate "C" not null, -- edit, discard, replay; replay-created, replay-paused, replay-resumed, replay-cancelled
    reason     text not null,
    replay_id  uuid,
    message_id bigint,
    before     jsonb,
    after      jsonb
);

create index operator_acts_of_message on operator_acts (message_id, id) where message_id is not null;
create index operator_acts_of_replay on operator_acts (replay_id, id) where replay_id is not null;

create function keep_operator_acts() returns trigger language plpgsql as $$
begin
    raise exception 'operator_acts is append-only';
end $$;

create trigger operator_acts_are_kept before update or delete or truncate on operator_acts
    for each statement execute function keep_operator_acts();

create function apply_operator_acts(rows jsonb) returns void language sql as $$
    insert into operator_acts (at, by, act, reason, replay_id, message_id, before, after)
    select r.at, r.by, r.act, r.reason, r."replayId", r."messageId", r.before, r.after
    from jsonb_to_recordset(rows) as r (
        at timestamptz, by text, act text, reason text, "replayId" uuid, "messageId" bigint, before jsonb, after jsonb)
$$;

-- What a dead letter's payload was before each edit: the first row of a message has what came from the broker.
create table dead_letter_edits (
    id         bigint generated always as identity primary key,
    message_id bigint not null references parked_messages,
    revision   bigint not null,            -- of the message before
    at         timestamptz not null,
    by         text collate "C" not null,
    reason     text not null,
    payload    bytea not null              -- before
);

create index dead_letter_edits_of_message on dead_letter_edits (message_id, id);

create function apply_dead_letter_edits(rows jsonb) returns void language plpgsql as $$
declare
    r jsonb;
    m parked_messages%rowtype;
begin
    for r in select value from jsonb_array_elements(rows) with ordinality order by ordinality loop
        select * into m from parked_messages where id = (r ->> 'messageId')::bigint;
        if m.id is null or m.revision <> (r ->> 'revision')::bigint or m.status <> 'dead' then
            raise exception 'dead letter % is not what it was', r ->> 'messageId';
        end if;

        insert into dead_letter_edits (message_id, revision, at, by, reason, payload)
        values (m.id, m.revision, (r ->> 'at')::timestamptz, r ->> 'by', r ->> 'reason', m.payload);
        update parked_messages set
            payload = decode(r ->> 'payload', 'base64'),
            amount = (r ->> 'amount')::bigint,
            currency = r ->> 'currency',
            revision = revision + 1
        where id = m.id;
    end loop;
end $$;

-- A frozen selection of dead letters, to be replayed or discarded. Planned: its items are being written; nobody has been told of it yet.
create table replays (
    id                   uuid primary key,
    act                  text not null check (act in ('replay', 'discard')),
    created_at           timestamptz not null,
    created_by           text collate "C" not null,
    reason               text not null,
    selection            jsonb not null,   -- as it was asked for
    selection_hash       text not null,    -- SHA-256 over the ids and revisions, in order
    total                integer not null,
    rate_per_second      integer not null,
    stop_at_percent      integer not null, -- failures among what is done that are too many
    status               text not null default 'planned'
        check (status in ('planned', 'running', 'paused', 'stopped', 'cancelled', 'done')),
    note                 text,             -- why it stopped
    applied              integer not null default 0,
    failed               integer not null default 0,
    skipped              integer not null default 0,
    ramp_applied         integer not null default 0, -- as of when the ramp began: it begins anew when a stopped one is resumed
    ramp_failed          integer not null default 0,
    changed_at           timestamptz not null
) with (fillfactor = 50);

create index replays_newest on replays (created_at desc, id desc);
create index replays_to_do on replays (created_at) where status in ('planned', 'running');

create table replay_items (
    replay_id  uuid not null references replays on delete cascade,
    ordinal    integer not null,          -- from 1, in the order of the messages' ids
    message_id bigint not null,
    revision   bigint not null,           -- as it was selected
    status     text not null default 'pending' check (status in ('pending', 'applied', 'failed', 'skipped')),
    error_type text,
    error      text,                      -- for one that was skipped: why
    at         timestamptz,
    primary key (replay_id, ordinal)
) with (fillfactor = 80);

create index replay_items_pending on replay_items (replay_id, ordinal) where status = 'pending';
create index replay_items_of_message on replay_items (message_id);

-- Rows in order, each with what is done in 'op': items (some are done) or set (another status).
-- Items are done only while the replay is running, each once: so a runner that has lost its lease, or has not heard of a pause, does nothing.
create function apply_replays(rows jsonb) returns void language plpgsql as $$
declare
    r       jsonb;
    p       replays%rowtype;
    done_at timestamptz;
    items   integer;
begin
    for r in select value from jsonb_array_elements(rows) with ordinality order by ordinality loop
        select * into p from replays where id = (r ->> 'replayId')::uuid for update;
        done_at := (r ->> 'at')::timestamptz;
        if r ->> 'op' = 'set' then
            if p.id is null or not r -> 'from' ? p.status then
                raise exception 'replay % is %, not what it was', r ->> 'replayId', coalesce(p.status, 'gone');
            end if;

            update replays set
                status = r ->> 'status',
                note = r ->> 'note',
                changed_at = done_at,
                ramp_applied = case when p.status = 'stopped' then applied else ramp_applied end,
                ramp_failed = case when p.status = 'stopped' then failed else ramp_failed end
            where id = p.id;
            continue;
        end if;

        if p.status is distinct from 'running' then
            raise exception 'replay % is %, not running', r ->> 'replayId', coalesce(p.status, 'gone');
        end if;

        with done as (
            update replay_items i set status = o.status, error_type = o."errorType", error = o.error, at = done_at
            from jsonb_to_recordset(r -> 'items') as o (ordinal integer, status text, "errorType" text, error text)
            where i.replay_id = p.id and i.ordinal = o.ordinal and i.status = 'pending'
            returning i.ordinal, i.message_id, i.revision, i.status, i.error_type),
        acts as (
            insert into operator_acts (at, by, act, reason, replay_id, message_id, before, after)
            select done_at, p.created_by, p.act, p.reason, p.id, d.message_id,
                jsonb_build_object('status', 'dead', 'revision', d.revision),
                jsonb_strip_nulls(jsonb_build_object(
                    'status', case when d.status = 'failed' then 'dead' when p.act = 'replay' then 'replayed' else 'discarded' end,
                    'revision', d.revision + 1,
                    'error', d.error_type))
            from done d where d.status <> 'skipped' order by d.ordinal),
        counted as (
            select count(*) as all_of_them,
                count(*) filter (where d.status = 'applied') as applied,
                count(*) filter (where d.status = 'failed') as failed,
                count(*) filter (where d.status = 'skipped') as skipped
            from done d)
        update replays t set
            applied = t.applied + c.applied,
            failed = t.failed + c.failed,
            skipped = t.skipped + c.skipped,
            status = case
                when t.applied + t.failed + t.skipped + c.all_of_them >= t.total then 'done'
                when r ->> 'stop' is not null then 'stopped'
                else t.status end,
            note = r ->> 'stop',
            changed_at = done_at
        from counted c
        where t.id = p.id
        returning c.all_of_them into items;
        if items <> jsonb_array_length(r -> 'items') then
            raise exception 'items of replay % were done already', p.id;
        end if;
    end loop;
end $$;
