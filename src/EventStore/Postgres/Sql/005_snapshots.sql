-- States as of a version, one a stream, so that long streams need not be folded from their start. Any of them may be deleted at any time,
-- unless the events before it are archived.
create table snapshots (
    stream_id      text collate "C" primary key,
    version        bigint not null check (version > 0),
    schema_version integer not null,
    state          jsonb not null,
    taken_at       timestamptz not null
) with (fillfactor = 70);
