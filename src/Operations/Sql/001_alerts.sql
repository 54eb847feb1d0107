-- What must always hold, when it was last looked at, and what was found. Alerts are kept: a person may ask months later.

create table invariants (
    name          text collate "C" primary key,
    checked_at    timestamptz,               -- the last look that came to an end; null: none has yet
    checked       bigint not null default 0, -- how much that look covered
    note          text,                      -- what that look had to leave out
    failing_since timestamptz,               -- it could not be looked at since; null: it could
    error         text,
    cursor        jsonb                      -- where the next look goes on
) with (fillfactor = 50);

-- Findings that stand now. One that goes by itself within the invariant's grace was a message on its way and never becomes an alert.
create table suspicions (
    invariant text collate "C" not null,
    subject   text collate "C" not null,
    since     timestamptz not null,
    looked_at timestamptz not null,
    primary key (invariant, subject)
) with (fillfactor = 50);

create table alerts (
    id                 bigint generated always as identity primary key,
    invariant          text collate "C" not null,
    subject            text collate "C" not null,
    message            text not null,
    stream_id          text collate "C", -- the first divergent event: as much of it as is known
    stream_version     bigint,
    position           bigint,
    event_id           uuid,
    details            jsonb not null,
    found_at           timestamptz not null,
    last_seen_at       timestamptz not null,
    cleared_at         timestamptz,      -- null: it still stands
    acknowledged_by    text,
    acknowledged_at    timestamptz,
    acknowledge_reason text
) with (fillfactor = 70);

-- One open alert a subject; and what is open is found without reading what is not.
create unique index alerts_open on alerts (invariant, subject) where cleared_at is null;

-- Written in the transaction that takes the idempotency key. The first acknowledgement stays.
create function apply_alert_acknowledgements(rows jsonb) returns void language sql as $$
    update alerts a set acknowledged_by = r.by, acknowledged_at = r.at, acknowledge_reason = r.reason
    from jsonb_to_recordset(rows) as r (id bigint, by text, at timestamptz, reason text)
    where a.id = r.id and a.acknowledged_at is null
$$;
