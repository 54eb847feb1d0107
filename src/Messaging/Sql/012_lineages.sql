-- What messaging knows of the incarnations of logs: those of the logs that are read here, and those of the databases of our readers.

-- The lineage of a log as a consumer has taken it over: its watermarks are positions in this one. Changed together with them.
create table source_lineages (
    consumer     text collate "C" not null,
    source       text collate "C" not null,
    incarnations jsonb not null, -- [{"id": …, "beginsAfter": …}, …], oldest first
    adopted_at   timestamptz not null,
    primary key (consumer, source)
);

-- The incarnation of each reader's own database, as of what it acknowledged: in another one it may have gone back.
create table relay_readers (
    consumer    text collate "C" primary key,
    incarnation uuid not null
);

-- Logs of which something shows that they were restored to an earlier moment: for people.
create table log_restores (
    log          text collate "C" not null,
    incarnation  uuid not null,          -- the one that goes on after the restore, as far as it is known
    seen_by      text collate "C" not null,
    begins_after bigint not null,        -- what came after this position before the restore is lost
    evidence     text not null,
    seen_at      timestamptz not null,
    primary key (log, incarnation, seen_by)
);

create function apply_source_lineages(rows jsonb) returns void language plpgsql as $$
begin
    insert into source_lineages (consumer, source, incarnations, adopted_at)
    select r.consumer, r.source, r.incarnations, r.at
    from jsonb_to_recordset(rows) as r (consumer text, source text, incarnations jsonb, at timestamptz)
    where r.incarnations is not null
    on conflict (consumer, source) do update set incarnations = excluded.incarnations, adopted_at = excluded.adopted_at;

    insert into log_restores (log, incarnation, seen_by, begins_after, evidence, seen_at)
    select r.source, r.incarnation, r.consumer, r."beginsAfter", r.evidence, r.at
    from jsonb_to_recordset(rows) as r (
        consumer text, source text, incarnation uuid, "beginsAfter" bigint, evidence text, at timestamptz)
    where r.evidence is not null
    on conflict (log, incarnation, seen_by) do nothing;
end $$;
