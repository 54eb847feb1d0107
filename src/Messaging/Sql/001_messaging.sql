-- How far the relay has brought this log to the broker, and how far consumers say they have come.

-- One row. Everything up to position is delivered; after a crash the relay goes on from here and repeats a little.
create table relay_checkpoint (
    only_row boolean primary key default true check (only_row),
    position bigint not null
) with (fillfactor = 10);

insert into relay_checkpoint (position) values (0);

-- Per partition, as of the checkpoint: the last position put there, and the offset after it. A broker whose end is behind has lost data.
create table relay_partitions (
    topic      text collate "C" not null,
    partition  integer not null,
    position   bigint not null,
    end_offset bigint not null,
    primary key (topic, partition)
) with (fillfactor = 50);

-- What consumers have said of their progress: after a loss, publishing starts again from here and not from the beginning.
create table relay_acknowledgements (
    consumer  text collate "C" not null,
    topic     text collate "C" not null,
    partition integer not null,
    position  bigint not null,
    primary key (consumer, topic, partition)
) with (fillfactor = 50);

-- Messages that could not be handled. Nothing is dropped: a person looks at these.
create table dead_letters (
    id           bigint generated always as identity primary key,
    consumer     text not null,
    topic        text not null,
    partition    integer not null,
    kafka_offset bigint not null,
    routing_key  text,
    headers      jsonb not null,
    payload      bytea not null,
    error_type   text not null,
    error        text not null,
    failed_at    timestamptz not null
);

create function apply_dead_letters(rows jsonb) returns void language sql as $$
    insert into dead_letters (consumer, topic, partition, kafka_offset, routing_key, headers, payload, error_type, error, failed_at)
    select r.consumer, r.topic, r.partition, r."kafkaOffset", r."routingKey", r.headers, decode(r.payload, 'base64'), r."errorType", r.error, r."failedAt"
    from jsonb_to_recordset(rows) as r (
        consumer text, topic text, partition integer, "kafkaOffset" bigint, "routingKey" text, headers jsonb, payload text,
        "errorType" text, error text, "failedAt" timestamptz)
$$;
