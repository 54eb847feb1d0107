-- Appends many units in one statement, one round trip, one commit, as 003 did, at half the cost; and recognises a repeat by its event ids.
-- A unit that conflicts is left out and reported; the others go through. The caller sees to it that no two units of one call touch the
-- same stream, watermark or claim, and notifies listeners after the commit: a notification inside it would hold a lock of the whole server.
--
-- Arrays of equal length describe one list each:
--   s_*  stream appends (unit, stream, expected version: n exact, 0 none, -1 any, -2 exists; number of events, 0 only checks)
--   e_*  events in order (append: index into s_*, ordinal: 1 … within the append, stream: that of the append)
--   r_*  rows of inline projections    w_*  watermark moves    c_*  claims
--
-- Returns one row of kind 0 with the log's last position before this call, then a row for each unit left out:
-- 1 stream conflict, 2 watermark moved by another, 3 key claimed before, 4 stored before, by its event ids, at positions actual … until.
--
-- The settings: a plan made once serves every call, because planning would cost more than a small batch does; it goes by the indexes even
-- when it was made while the tables were still empty; and is never compiled, which would cost a hundred times what it saves.
--
-- The function of 003 stays beside it: while a service is being replaced instance by instance, the old ones still call that. Both take the
-- same lock first. A later file drops it.
create function append_units(
    p_now timestamptz,
    s_unit integer[], s_stream text[], s_expected bigint[], s_count integer[],
    e_append integer[], e_ordinal integer[], e_stream text[], e_id uuid[], e_type text[], e_schema integer[], e_data jsonb[],
    e_correlation uuid[], e_causation uuid[], e_actor text[], e_trace text[], e_key text[],
    r_unit integer[], r_projection text[], r_row jsonb[],
    w_unit integer[], w_consumer text[], w_topic text[], w_partition integer[], w_source text[], w_from bigint[], w_to bigint[],
    c_unit integer[], c_scope text[], c_key text[], c_fingerprint bytea[], c_answer json[])
returns table (
    kind integer, unit integer, item integer, actual bigint, until bigint, recorded timestamptz, fingerprint bytea, answer json)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    repeat_window constant integer := 256; -- how far back in a stream a repeat is looked for that expects no certain version
    head       bigint;
    now_at     timestamptz;
    left_out   integer[] := '{}';
    found_out  integer[];
    actuals    bigint[]; -- what was found for each item of a list
    places     bigint[]; -- each event's place among those that are stored; null while all are
    moved_to   bigint[]; -- where each watermark is
    moved_out  integer[];
    grown      text[];   -- streams that are at their new version already
    made       text[];   -- streams that did not exist before
    appended   bigint := cardinality(e_id);
    apply_to   text;
begin
    -- Takes the lock that orders appends, and the positions, as if nothing were left out.
    update log_head h set position = h.position + appended, recorded_at = greatest(h.recorded_at, p_now)
    returning h.position - appended, h.recorded_at into strict head, now_at;
    return query select 0, null::integer, null::integer, head, null::bigint, now_at, null::bytea, null::json;

    if cardinality(c_unit) > 0 then
        return query
            select 3, c.unit, c.nth::integer, null::bigint, null::bigint, null::timestamptz, k.fingerprint, k.answer
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
        into moved_to, moved_out
        from unnest(w_unit, w_consumer, w_topic, w_partition, w_source, w_from) with ordinality
            as w (unit, consumer, topic, partition, source, come_from, nth)
        left join watermarks m using (consumer, topic, partition, source);
    end if;

    -- The usual case: every writer is right about its streams. Checking and moving them is then one look at each.
    if moved_out is null and cardinality(left_out) = 0 and cardinality(s_stream) > 0
        and 0 < all (s_count) and 0 <= all (s_expected) then
        with known as (
            update streams t set version = s.expected + s.count
            from unnest(s_stream, s_expected, s_count) as s (stream, expected, count)
            where s.expected > 0 and t.stream_id = s.stream and t.version = s.expected
            returning t.stream_id),
        fresh as (
            insert into streams (stream_id, stream_type, version)
            select s.stream, split_part(s.stream, '/', 1), s.count
            from unnest(s_stream, s_expected, s_count) as s (stream, expected, count)
            where s.expected = 0
            on conflict (stream_id) do nothing
            returning stream_id)
        select array(select stream_id from known), array(select stream_id from fresh) into grown, made;
        if cardinality(grown) + cardinality(made) = cardinality(s_stream) then
            actuals := s_expected;
        else
            -- Somebody is not: as if nothing had been touched, and one by one.
            update streams t set version = s.expected
            from unnest(s_stream, s_expected) as s (stream, expected)
            where t.stream_id = s.stream and s.stream = any (grown);
            delete from streams where stream_id = any (made);
        end if;
    end if;

    if actuals is null then
        select array_agg(coalesce(t.version, 0) order by s.nth),
               array_agg(s.unit) filter (where
                   case s.expected when -1 then false when -2 then t.version is null else coalesce(t.version, 0) <> s.expected end)
        into actuals, found_out
        from unnest(s_unit, s_stream, s_expected) with ordinality as s (unit, stream, expected, nth)
        left join streams t on t.stream_id = s.stream;
    end if;

    -- A unit was stored before when all its events are where it would have put them. Then its watermarks have moved, too: look here first.
    if found_out is not null or -1 = any (s_expected) or -2 = any (s_expected) then
        for unit, actual, until, recorded in
            with placed as (
                select s.unit, s.stream, s.count, s.first, case when s.expected >= 0 then s.expected else (
                    select e.stream_version - 1
                    from events e
                    where e.stream_id = s.stream and e.stream_version > actuals[s.nth] - repeat_window and e.event_id = e_id[s.first]
                    limit 1) end as version
                from (
                    select a.*, sum(a.count) over (order by a.nth)::integer - a.count + 1 as first -- of its events, in e_*
                    from unnest(s_unit, s_stream, s_expected, s_count) with ordinality as a (unit, stream, expected, count, nth)) as s
                where s.count > 0 and s.unit <> all (left_out))
            select p.unit, min(e.position), max(e.position), max(e.recorded_at)
            from placed p
            cross join lateral generate_series(1, p.count) as ordinal
            left join events e
                on e.stream_id = p.stream and e.stream_version = p.version + ordinal and e.event_id = e_id[p.first + ordinal - 1]
            group by p.unit
            having bool_and(e.position is not null)
        loop
            kind := 4;
            return next;
            left_out := left_out || unit;
        end loop;
    end if;

    if moved_out is not null then
        return query
            select 2, w.unit, w.nth::integer, w.actual, null::bigint, null::timestamptz, null::bytea, null::json
            from unnest(w_unit, w_from, moved_to) with ordinality as w (unit, come_from, actual, nth)
            where w.actual <> w.come_from and w.unit <> all (left_out) order by w.nth;
        left_out := left_out || moved_out;
    end if;

    if found_out is not null then
        return query
            select 1, s.unit, s.nth::integer, s.actual, null::bigint, null::timestamptz, null::bytea, null::json
            from unnest(s_unit, s_expected, actuals) with ordinality as s (unit, expected, actual, nth)
            where s.unit <> all (left_out)
              and case s.expected when -1 then false when -2 then s.actual = 0 else s.actual <> s.expected end
            order by s.nth;
        left_out := left_out || found_out;
    end if;

    if cardinality(left_out) > 0 then
        select array_agg(stored.place order by e.nth), count(stored.place)
        into places, appended
        from unnest(e_append) with ordinality as e (append, nth)
        left join (
            select k.nth, row_number() over (order by k.nth) as place
            from unnest(e_append) with ordinality as k (append, nth)
            where s_unit[k.append] <> all (left_out)) as stored using (nth);
        update log_head set position = head + appended;
    end if;

    if appended > 0 then
        insert into events (
            position, stream_id, stream_type, stream_version, event_id, event_type, schema_version, data,
            correlation_id, causation_id, actor, trace_parent, routing_key, recorded_at)
        select head + coalesce(places[e.nth], e.nth), e.stream, split_part(e.stream, '/', 1), actuals[e.append] + e.ordinal,
            e.id, e.type, e.schema, e.data, e.correlation, e.causation, e.actor, e.trace, e.key, now_at
        from unnest(e_append, e_ordinal, e_stream, e_id, e_type, e_schema, e_data, e_correlation, e_causation, e_actor, e_trace, e_key)
            with ordinality as e (append, ordinal, stream, id, type, schema, data, correlation, causation, actor, trace, key, nth)
        where s_unit[e.append] <> all (left_out);

        if grown is null or cardinality(grown) + cardinality(made) < cardinality(s_stream) then
            insert into streams as t (stream_id, stream_type, version)
            select s.stream, split_part(s.stream, '/', 1), s.count
            from unnest(s_unit, s_stream, s_count) as s (unit, stream, count)
            where s.count > 0 and s.unit <> all (left_out)
            on conflict (stream_id) do update set version = t.version + excluded.version;
        end if;
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
