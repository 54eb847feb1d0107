-- Tamper evidence, written behind the log by one sealer. Appends touch none of it.

-- One row per sealed interval of positions. event_hashes has, in position order, 32 bytes for each event: the hash of its stream's chain up to
-- and with that event. The seal covers the row and the seal before it, so the newest seal commits to the whole log.
create table seals (
    number         bigint primary key check (number > 0),
    first_position bigint not null,
    last_position  bigint not null,
    event_hashes   bytea not null,
    merkle_root    bytea not null,
    previous_seal  bytea not null,
    seal           bytea not null,
    sealed_at      timestamptz not null,
    check (octet_length(event_hashes) = 32 * (last_position - first_position + 1))
);

-- Hashes do not compress, and one of them is read without the rest.
alter table seals alter column event_hashes set storage external;

create unique index seals_by_position on seals (last_position);

-- Where the chains of streams go on whose events were moved out of events into an archive: the last event of each stream in each archived range.
create table archived_heads (
    stream_id      text collate "C" not null,
    stream_version bigint not null,
    position       bigint not null,
    primary key (stream_id, stream_version)
);

-- For whoever archives: to be called in the transaction that takes these positions out of events, before it does. Idempotent.
create function keep_archived_heads(p_first bigint, p_last bigint) returns void
language sql as $$
    insert into archived_heads (stream_id, stream_version, position)
    select distinct on (e.stream_id) e.stream_id, e.stream_version, e.position
    from events e
    where e.position between p_first and p_last
    order by e.stream_id, e.stream_version desc
    on conflict (stream_id, stream_version) do update set position = excluded.position;
$$;
