-- What is recorded in the same transaction as events.

-- How far each consumer has come, by source. A message at or below it is a duplicate: exactly once in effect, in constant space.
create table watermarks (
    consumer    text collate "C" not null,
    topic       text collate "C" not null,
    partition   integer not null,
    source      text collate "C" not null,
    position    bigint not null,
    primary key (consumer, topic, partition, source)
) with (fillfactor = 50);

-- Idempotency keys, each with the request it was used for and the answer that was given.
create table claims (
    scope       text collate "C" not null,
    key         text collate "C" not null,
    fingerprint bytea not null,
    answer      json not null, -- not jsonb: a repeat hears it word for word
    claimed_at  timestamptz not null,
    primary key (scope, key)
);

create index claims_by_age on claims using brin (claimed_at);
