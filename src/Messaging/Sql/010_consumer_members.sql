-- How far each member of a consumer group has come, as it says itself every other second: for people. Nothing is decided by it.
create table consumer_members (
    consumer   text collate "C" not null,
    member     text collate "C" not null,
    seen_at    timestamptz not null,      -- one that is not seen for long has stopped
    state      text collate "C" not null, -- running, paused or trouble
    trouble    text,
    rate       double precision not null, -- messages a second, lately
    handled_at timestamptz,               -- the last message
    primary key (consumer, member)
) with (fillfactor = 50);

-- The partition as its last member knew it.
create table consumer_partitions (
    consumer    text collate "C" not null,
    topic       text collate "C" not null,
    partition   integer not null,
    member      text collate "C" not null,
    next_offset bigint not null, -- the first that is not handled
    end_offset  bigint not null, -- where the partition ended when the member last looked
    handled_at  timestamptz,
    seen_at     timestamptz not null,
    primary key (consumer, topic, partition)
) with (fillfactor = 50);

-- A consumer that is to take no messages until a person lets it. Its parked keys go on.
create table consumer_pauses (
    consumer text collate "C" primary key,
    by       text not null,
    at       timestamptz not null,
    reason   text not null
);

-- With the act of the person, in one unit. A consumer that is paused already, or is not, is somebody else's order of this very moment.
create function apply_consumer_pauses(rows jsonb) returns void language plpgsql as $$
declare
    wanted integer := (select count(*) from jsonb_to_recordset(rows) as r (paused boolean) where not r.paused);
    freed  integer;
begin
    insert into consumer_pauses (consumer, by, at, reason)
    select r.consumer, r.by, r.at, r.reason
    from jsonb_to_recordset(rows) as r (consumer text, paused boolean, by text, at timestamptz, reason text)
    where r.paused;

    delete from consumer_pauses c
    using jsonb_to_recordset(rows) as r (consumer text, paused boolean)
    where c.consumer = r.consumer and not r.paused;
    get diagnostics freed = row_count;
    if freed <> wanted then
        raise exception 'Of % consumers that are to go on % are paused.', wanted, freed;
    end if;
end $$;
