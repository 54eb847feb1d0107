-- A message is parked as it came, also where text does not say all of it: a key that is no UTF-8, headers that stand there twice or have no
-- value. Bytes are in base64, so there is nothing in it that cannot be stored.
alter table parked_messages
    add column original jsonb; -- {key, headers: [{name, value}], hasValue}; null where routing_key and headers say it all

-- Rows in order, each with what is done in 'op': park, settle (applied, replayed or discarded) or fail (again).
-- Runs in the transaction of the effects: so a message is parked with the watermark that passes it, and settled with what it caused.
create or replace function apply_parking(rows jsonb) returns void language plpgsql as $$
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
                headers, payload, original, amount, currency, parked_at)
            values (
                r ->> 'consumer', r ->> 'topic', (r ->> 'partition')::integer, (r ->> 'kafkaOffset')::bigint, r ->> 'keyTopic',
                r ->> 'routingKey', (r ->> 'messageId')::uuid, r ->> 'messageType', (r ->> 'correlationId')::uuid, r ->> 'source',
                (r ->> 'position')::bigint, r -> 'headers', decode(r ->> 'payload', 'base64'), r -> 'original', (r ->> 'amount')::bigint,
                r ->> 'currency', at)
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
