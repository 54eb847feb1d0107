-- Messages that could not be handled, and those that wait behind them: a key that fails never blocks another key and never loses its order.

create table parked_messages (
    id              bigint generated always as identity primary key, -- order of parking; within a key, the order of its messages
    consumer        text collate "C" not null,
    topic           text collate "C" not null,
    partition       integer not null,
    kafka_offset    bigint not null,
    key_topic       text collate "C",  -- with routing_key, what it is in order with; null: unreadable, so in order with nothing
    routing_key     text collate "C",
    message_id      uuid,
    message_type    text,
    correlation_id  uuid,
    source          text,
    position        bigint,
    headers         jsonb not null,
    payload         bytea not null,
    amount          bigint,            -- minor units of the money that it is about
    currency        text,
    status          text not null default 'parked' check (status in ('parked', 'dead', 'replayed', 'discarded')),
    revision        bigint not null default 0, -- counts everything that is done to it: what was decided on an older one is refused
    attempts        integer not null default 0,
    parked_at       timestamptz not null,
    first_failed_at timestamptz,
    last_failed_at  timestamptz,
    error_type      text,
    error           text,
    stack           text,
    fingerprint     text,              -- groups failures that are alike
    copied_at       timestamptz,       -- when its copy went to the dead-letter topic
    ended_at        timestamptz
);

create index parked_messages_in_line on parked_messages (consumer, key_topic, routing_key, id) where status in ('parked', 'dead');
create index parked_messages_dead on parked_messages (id desc) where status = 'dead';
create index parked_messages_groups on parked_messages (fingerprint, id desc) where status = 'dead';
create index parked_messages_correlation on parked_messages (correlation_id) where correlation_id is not null;
create index parked_messages_to_copy on parked_messages (id) where copied_at is null and error_type is not null and status <> 'parked';

-- What is unreadable has no watermark, and may be read again after a crash. It is kept once.
create unique index parked_messages_unreadable on parked_messages (consumer, topic, partition, kafka_offset, md5(payload), md5(headers::text))
    where key_topic is null;

-- A row for each key of which something is parked. Written by apply_parking only, so under the lock that orders appends.
create table parked_keys (
    consumer    text collate "C" not null,
    key_topic   text collate "C" not null,
    routing_key text collate "C" not null,
    head_id     bigint not null,
    is_dead     boolean not null,      -- the head waits for a person, and the key with it
    retry_at    timestamptz not null,
    waiting     integer not null,      -- messages behind the head
    primary key (consumer, key_topic, routing_key)
) with (fillfactor = 70);

create index parked_keys_due on parked_keys (consumer, retry_at) where not is_dead;
create unique index parked_keys_head on parked_keys (head_id);

-- The next in line becomes the head of its key; a key without any is free.
create function advance_parked_key(p_consumer text, p_topic text, p_key text, p_at timestamptz) returns void language plpgsql as $$
declare
    next_id bigint;
begin
    select min(id) into next_id from parked_messages
    where consumer = p_consumer and key_topic = p_topic and routing_key = p_key and status in ('parked', 'dead');
    if next_id is null then
        delete from parked_keys where consumer = p_consumer and key_topic = p_topic and routing_key = p_key;
    else
        update parked_keys k set head_id = next_id, is_dead = m.status = 'dead', retry_at = p_at, waiting = greatest(k.waiting - 1, 0)
        from parked_messages m
        where m.id = next_id and k.consumer = p_consumer and k.key_topic = p_topic and k.routing_key = p_key;
    end if;
end $$;

-- Rows in order, each with what is done in 'op': park, settle (applied, replayed or discarded) or fail (again).
-- Runs in the transaction of the effects: so a message is parked with the watermark that passes it, and settled with what it caused.
create function apply_parking(rows jsonb) returns void language plpgsql as $$
declare
    r      jsonb;
    m      parked_messages%rowtype;
    new_id bigint;
    at     timestamptz;
begin
    for r in select value from jsonb_array_elements(rows) with ordinality order by ordinality loop
        at := (r ->> 'at')::timestamptz;
        if r ->> 'op' = 'park' then
            insert into parked_messages (
                consumer, topic, partition, kafka_offset, key_topic, routing_key, message_id, message_type, correlation_id, source, position,
                headers, payload, amount, currency, parked_at)
            values (
                r ->> 'consumer', r ->> 'topic', (r ->> 'partition')::integer, (r ->> 'kafkaOffset')::bigint, r ->> 'keyTopic',
                r ->> 'routingKey', (r ->> 'messageId')::uuid, r ->> 'messageType', (r ->> 'correlationId')::uuid, r ->> 'source',
                (r ->> 'position')::bigint, r -> 'headers', decode(r ->> 'payload', 'base64'), (r ->> 'amount')::bigint, r ->> 'currency', at)
            on conflict (consumer, topic, partition, kafka_offset, md5(payload), md5(headers::text)) where key_topic is null do nothing
            returning id into new_id;
            if new_id is null then
                continue; -- Unreadable, and kept before.
            end if;

            if r ->> 'keyTopic' is not null then
                insert into parked_keys as k (consumer, key_topic, routing_key, head_id, is_dead, retry_at, waiting)
                values (r ->> 'consumer', r ->> 'keyTopic', r ->> 'routingKey', new_id, false, at, 0)
                on conflict (consumer, key_topic, routing_key) do update set waiting = k.waiting + 1;
            end if;
            if r -> 'failure' is null then
                continue; -- Waits behind others.
            end if;

            select * into strict m from parked_messages where id = new_id;
        else
            select * into m from parked_messages where id = (r ->> 'id')::bigint;
            if m.id is null or m.revision <> (r ->> 'revision')::bigint or m.status not in ('parked', 'dead')
                or (m.key_topic is not null and not exists (select from parked_keys where head_id = m.id)) then
                raise exception 'parked message % is not what it was', r ->> 'id';
            end if;
        end if;

        if r ->> 'op' = 'settle' then
            if m.status = 'parked' and r ->> 'outcome' = 'applied' then
                delete from parked_messages where id = m.id; -- Nobody was ever told of it.
            else
                update parked_messages set status = r ->> 'outcome', revision = revision + 1, ended_at = at where id = m.id;
            end if;
            if m.key_topic is not null then
                perform advance_parked_key(m.consumer, m.key_topic, m.routing_key, at);
            end if;
        else -- It failed, for the first time or again.
            update parked_messages set
                status = case when r ->> 'retryAt' is null then 'dead' else 'parked' end,
                revision = revision + 1,
                attempts = attempts + 1,
                first_failed_at = coalesce(first_failed_at, at),
                last_failed_at = at,
                error_type = r #>> '{failure,type}',
                error = r #>> '{failure,message}',
                stack = r #>> '{failure,stack}',
                fingerprint = r #>> '{failure,fingerprint}'
            where id = m.id;
            update parked_keys set is_dead = r ->> 'retryAt' is null, retry_at = coalesce((r ->> 'retryAt')::timestamptz, at)
            where head_id = m.id;
        end if;
    end loop;
end $$;

-- Dead letters of before: nothing waits behind them.
insert into parked_messages (
    consumer, topic, partition, kafka_offset, headers, payload, status, revision, attempts, parked_at, first_failed_at, last_failed_at,
    error_type, error, fingerprint, message_type)
select consumer, topic, partition, kafka_offset, headers, payload, 'dead', 1, 1, failed_at, failed_at, failed_at,
    error_type, error, left(md5(error_type), 12), headers ->> 'type'
from dead_letters order by id
on conflict do nothing;

drop function apply_dead_letters(jsonb);
drop table dead_letters;

-- What waits for a person now.
create view dead_letters as select * from parked_messages where status = 'dead';
