-- Appends many units in one statement, one round trip, one commit. A unit that conflicts is left out and reported; the others go through.
-- The caller sees to it that no two units of one call touch the same stream, watermark or claim.
--
-- Arrays of equal length describe one list each:
--   s_*  stream appends (unit, stream, expected version: n exact, 0 none, -1 any, -2 exists; number of events, 0 only checks)
--   e_*  events in order (append: index into s_*, ordinal: 1 … within the append)
--   r_*  rows of inline projections    w_*  watermark moves    c_*  claims
--
-- Returns one row of kind 0 with the log's last position before this call, then a row for each unit left out:
-- 1 stream conflict, 2 watermark moved by another, 3 key claimed before.
--
-- The settings: a plan made once serves every call, because planning would cost more than a small batch does; and it goes by the
-- indexes even when it was made while the tables were still empty.
create function append_units(
    p_now timestamptz, p_sender text,
    s_unit integer[], s_stream text[], s_type text[], s_expected bigint[], s_count integer[],
    e_append integer[], e_ordinal integer[], e_id uuid[], e_type text[], e_schema integer[], e_data jsonb[],
    e_correlation uuid[], e_causation uuid[], e_actor text[], e_trace text[], e_key text[],
    r_unit integer[], r_projection text[], r_row jsonb[],
    w_unit integer[], w_consumer text[], w_topic text[], w_partition integer[], w_source text[], w_from bigint[], w_to bigint[],
    c_unit integer[], c_scope text[], c_key text[], c_fingerprint bytea[], c_answer json[])
returns table (kind integer, unit integer, item integer, actual bigint, recorded timestamptz, fingerprint bytea, answer json)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    head       bigint;
    now_at     timestamptz;
    left_out   integer[] := '{}';
    found_out  integer[];
    actuals    bigint[]; -- what was found for each item of a list
    appended   bigint;
    apply_to   text;
begin
    select h.position, greatest(h.recorded_at, p_now) into strict head, now_at from log_head h for update;
    return query select 0, null::integer, null::integer, head, now_at, null::bytea, null::json;

    if cardinality(c_unit) > 0 then
        return query
            select 3, c.unit, c.nth::integer, null::bigint, null::timestamptz, k.fingerprint, k.answer
            from unnest(c_unit, c_scope, c_key) with ordinality as c (unit, scope, key, nth)
            join claims k on k.scope = c.scope and k.key = c.key;
        if found then
            select array_agg(c.unit) into left_out
            from unnest(c_unit, c_scope, c_key) as c (unit, scope, key)
            join claims k on k.scope = c.scope and k.key = c.key;
        end if;
    end if;

    if cardinality(w_unit) > 0 then
        select array_agg(coalesce(m.position, 0) order by w.nth),
               array_agg(w.unit) filter (where coalesce(m.position, 0) <> w.come_from)
        into actuals, found_out
        from unnest(w_unit, w_consumer, w_topic, w_partition, w_source, w_from) with ordinality
            as w (unit, consumer, topic, partition, source, come_from, nth)
        left join watermarks m using (consumer, topic, partition, source);

        if found_out is not null then
            return query
                select 2, w.unit, w.nth::integer, w.actual, null::timestamptz, null::bytea, null::json
                from unnest(w_unit, w_from, actuals) with ordinality as w (unit, come_from, actual, nth)
                where w.actual <> w.come_from and w.unit <> all (left_out) order by w.nth;
            left_out := left_out || found_out;
        end if;
    end if;

    select array_agg(coalesce(t.version, 0) order by s.nth),
           array_agg(s.unit) filter (where
               case s.expected when -1 then false when -2 then t.version is null else coalesce(t.version, 0) <> s.expected end)
    into actuals, found_out
    from unnest(s_unit, s_stream, s_expected) with ordinality as s (unit, stream, expected, nth)
    left join streams t on t.stream_id = s.stream;

    if found_out is not null then
        return query
            select 1, s.unit, s.nth::integer, s.actual, null::timestamptz, null::bytea, null::json
            from unnest(s_unit, s_expected, actuals) with ordinality as s (unit, expected, actual, nth)
            where s.unit <> all (left_out)
              and case s.expected when -1 then false when -2 then s.actual = 0 else s.actual <> s.expected end
            order by s.nth;
        left_out := left_out || found_out;
    end if;

    insert into events (
        position, stream_id, stream_type, stream_version, event_id, event_type, schema_version, data,
        correlation_id, causation_id, actor, trace_parent, routing_key, recorded_at)
    select head + row_number() over (order by e.nth), s_stream[e.append], s_type[e.append], actuals[e.append] + e.ordinal,
        e.id, e.type, e.schema, e.data, e.correlation, e.causation, e.actor, e.trace, e.key, now_at
    from unnest(e_append, e_ordinal, e_id, e_type, e_schema, e_data, e_correlation, e_causation, e_actor, e_trace, e_key) with ordinality
        as e (append, ordinal, id, type, schema, data, correlation, causation, actor, trace, key, nth)
    where s_unit[e.append] <> all (left_out);
    get diagnostics appended = row_count;

    if appended > 0 then
        insert into streams as t (stream_id, stream_type, version)
        select s.stream, s.type, s.count
        from unnest(s_unit, s_stream, s_type, s_count) as s (unit, stream, type, count)
        where s.count > 0 and s.unit <> all (left_out)
        on conflict (stream_id) do update set version = t.version + excluded.version;

        update log_head set position = head + appended, recorded_at = now_at;
        perform pg_notify('appended', p_sender);
    end if;

    if cardinality(r_unit) > 0 then
        for apply_to in
            select distinct r.projection from unnest(r_unit, r_projection) as r (unit, projection) where r.unit <> all (left_out) order by 1
        loop
            execute format('select %I($1)', 'apply_' || apply_to)
            using (select jsonb_agg(r.content order by r.nth)
                   from unnest(r_unit, r_projection, r_row) with ordinality as r (unit, projection, content, nth)
                   where r.projection = apply_to and r.unit <> all (left_out));
        end loop;
    end if;

    if cardinality(w_unit) > 0 then
        insert into watermarks as m (consumer, topic, partition, source, position)
        select w.consumer, w.topic, w.partition, w.source, w.come_to
        from unnest(w_unit, w_consumer, w_topic, w_partition, w_source, w_to) as w (unit, consumer, topic, partition, source, come_to)
        where w.unit <> all (left_out)
        on conflict (consumer, topic, partition, source) do update set position = excluded.position;
    end if;

    if cardinality(c_unit) > 0 then
        insert into claims (scope, key, fingerprint, answer, claimed_at)
        select c.scope, c.key, c.fingerprint, c.answer, now_at
        from unnest(c_unit, c_scope, c_key, c_fingerprint, c_answer) as c (unit, scope, key, fingerprint, answer)
        where c.unit <> all (left_out);
    end if;
end $$;
