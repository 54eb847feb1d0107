-- Everything that operators do is one trail, each entry sealed with the one before: what is changed, taken away or put in between is found.

alter table operator_acts
    add column subject text collate "C", -- what it was done to: dead-letter/17, replay/…, saga/…, wallet/…, alert/3, projection/…
    add column seq     bigint,           -- its place in the trail, from 1, without gaps
    add column hash    bytea;            -- SHA-256 over the hash before and all that this entry says

-- One row, whose lock orders the entries. How far the trail goes is kept apart from it, so that a cut-off end is found too.
create table operator_acts_head (
    one  boolean primary key default true check (one),
    seq  bigint not null,
    hash bytea not null
) with (fillfactor = 50);

insert into operator_acts_head (seq, hash) values (0, '');

create function operator_act_hash(previous bytea, a operator_acts) returns bytea language sql stable as $$
    select sha256(previous || convert_to(
        jsonb_build_array(
            a.seq, (extract(epoch from a.at) * 1000000)::bigint, a.by, a.act, a.reason, a.replay_id, a.message_id, a.subject, a.before,
            a.after)::text,
        'UTF8'))
$$;

alter table operator_acts disable trigger operator_acts_are_kept;

update operator_acts set subject = case
    when message_id is not null then 'dead-letter/' || message_id
    when replay_id is not null then 'replay/' || replay_id end;

do $$
declare
    a    operator_acts%rowtype;
    head operator_acts_head%rowtype;
begin
    select * into head from operator_acts_head;
    for a in select * from operator_acts order by id loop
        a.seq := head.seq + 1;
        head.hash := operator_act_hash(head.hash, a);
        head.seq := a.seq;
        update operator_acts set seq = head.seq, hash = head.hash where id = a.id;
    end loop;
    update operator_acts_head set seq = head.seq, hash = head.hash;
end $$;

alter table operator_acts enable trigger operator_acts_are_kept;
alter table operator_acts alter seq set not null, alter hash set not null;
create unique index operator_acts_in_order on operator_acts (seq);
create index operator_acts_by_time on operator_acts (at);
create index operator_acts_of_subject on operator_acts (subject, seq);

create function seal_operator_act() returns trigger language plpgsql as $$
declare
    head operator_acts_head%rowtype;
begin
    select * into strict head from operator_acts_head for update;
    new.subject := coalesce(new.subject, case
        when new.message_id is not null then 'dead-letter/' || new.message_id
        when new.replay_id is not null then 'replay/' || new.replay_id end);
    new.seq := head.seq + 1;
    new.hash := operator_act_hash(head.hash, new);
    update operator_acts_head set seq = new.seq, hash = new.hash;
    return new;
end $$;

create trigger operator_acts_are_sealed before insert on operator_acts for each row execute function seal_operator_act();

create or replace function apply_operator_acts(rows jsonb) returns void language sql as $$
    insert into operator_acts (at, by, act, reason, replay_id, message_id, subject, before, after)
    select r.at, r.by, r.act, r.reason, r."replayId", r."messageId", r.subject, r.before, r.after
    from jsonb_to_recordset(rows) as r (
        at timestamptz, by text, act text, reason text, "replayId" uuid, "messageId" bigint, subject text, before jsonb, after jsonb)
$$;

-- Looks at the whole trail. Broken: the first entry that is not what was sealed; null when there is none.
create function verify_operator_acts(out checked bigint, out broken bigint, out why text) language plpgsql stable as $$
declare
    a        operator_acts%rowtype;
    head     operator_acts_head%rowtype;
    previous bytea := '';
begin
    checked := 0;
    for a in select * from operator_acts order by seq loop
        if a.seq <> checked + 1 then
            broken := checked + 1;
            why := 'an entry is missing';
            return;
        end if;
        previous := operator_act_hash(previous, a);
        if previous <> a.hash then
            broken := a.seq;
            why := 'it does not say what it said when it was sealed';
            return;
        end if;
        checked := a.seq;
    end loop;
    select * into head from operator_acts_head;
    if head.seq is distinct from checked or head.hash is distinct from previous then
        broken := checked + 1;
        why := 'the end of the trail is missing';
    end if;
end $$;

-- A replay that is about much waits for a second person.
alter table replays
    add column money       jsonb not null default '[]', -- [{currency, amount}]: what its items are about
    add column approved_by text collate "C",
    add column approved_at timestamptz,
    drop constraint replays_status_check,
    add constraint replays_status_check
        check (status in ('planned', 'awaiting-approval', 'running', 'paused', 'stopped', 'cancelled', 'done'));

create index replays_awaiting_approval on replays (created_at) where status = 'awaiting-approval';

create or replace function apply_replays(rows jsonb) returns void language plpgsql as $$
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
                approved_by = coalesce(r ->> 'approvedBy', approved_by),
                approved_at = case when r ->> 'approvedBy' is null then approved_at else done_at end,
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
            select done_at, p.created_by || coalesce(' (approved by ' || p.approved_by || ')', ''), p.act, p.reason, p.id, d.message_id,
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
