-- Incarnations of the log: what a term is to a replicated log. A log that was restored to an earlier moment goes on in another way than the
-- one that is lost, under the same positions. Which of the two an event belongs to is told by the incarnation that it was appended in.
--
-- Whether a database was restored cannot be seen from inside: it is, byte for byte, what it was. But nothing can be restored unless the
-- server starts anew, or the table is made or filled anew. So an incarnation begins with the first append after any of these, before its
-- events: also after an ordinary restart, which costs one row and harms nobody, since nothing of the incarnation before it was lost then.

create table log_incarnations (
    begins_after bigint primary key,  -- up to and with this position the log is that of the incarnations before
    id           uuid not null unique,
    began_at     timestamptz not null
);

-- What was stored before there were incarnations. Its messages name none.
insert into log_incarnations (begins_after, id, began_at) values (0, '00000000-0000-0000-0000-000000000000', clock_timestamp());

-- Under which start of the server, and in which table (one that was dropped and made anew is another), the head was last moved.
alter table log_head
    add column server_started timestamptz,
    add column relation       oid;

-- One in which nothing was appended is forgotten: nothing names it.
create function begin_log_incarnation() returns trigger language plpgsql as $$
begin
    delete from log_incarnations where begins_after >= old.position;
    insert into log_incarnations (begins_after, id, began_at) values (old.position, gen_random_uuid(), clock_timestamp());
    new.server_started := pg_postmaster_start_time();
    new.relation := tg_relid;
    return new;
end $$;

-- A trigger, so that it holds for whoever appends: also for instances of an earlier version that run beside new ones.
create trigger log_head_begins_an_incarnation before update on log_head for each row
when (new.server_started is distinct from pg_postmaster_start_time()
    or new.relation is distinct from 'log_head'::regclass::oid)
execute function begin_log_incarnation();

-- Rows that are put back by hand or by a data-only restore, into the very table that is there.
create function log_head_is_put_back() returns trigger language plpgsql as $$
begin
    new.server_started := null;
    return new;
end $$;

create trigger log_head_is_put_back before insert on log_head for each row execute function log_head_is_put_back();

-- All incarnations, oldest first, the present one among them: it is begun if it was not yet.
create function log_lineage(out begins_after bigint, out id uuid, out server_started timestamptz) returns setof record
language plpgsql as $$
begin
    update log_head h set position = h.position
    where h.server_started is distinct from pg_postmaster_start_time()
        or h.relation is distinct from 'log_head'::regclass::oid;
    return query select i.begins_after, i.id, pg_postmaster_start_time() from log_incarnations i order by i.begins_after;
end $$;

-- For an operator, after a restore that nothing else tells of: a virtual machine that was set back together with its memory.
create function begin_new_log_incarnation() returns void language sql as $$
    update log_head set server_started = null;
$$;
