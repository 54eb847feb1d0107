-- The sum of many amounts may exceed a bigint. The sum is kept in a column of its own, which is null where only processes of the version
-- before have counted: nothing is written again, and the table is locked for no longer than it takes to name a column. Processes of the
-- version before read volume, which goes on as far as it can.
alter table payment_minutes add column volume_sum numeric;

create or replace function apply_payment_minutes(rows jsonb) returns void language plpgsql as $$
declare
    volume_max constant numeric := 9223372036854775807;
begin
    insert into payments_counted (payment_id, amount, currency)
    select r."paymentId", r.amount, r.currency
    from jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text, amount bigint, currency text)
    where r.outcome = 'requested';

    -- An ending without its request finds no currency, which the table refuses: nothing is left out of the counts in silence.
    insert into payment_minutes as m (minute, currency, outcome, count, volume, volume_sum)
    select n.minute, n.currency, n.outcome, n.count, least(n.volume, volume_max), n.volume
    from (
        select date_trunc('minute', r.at, 'utc') as minute, coalesce(r.currency, p.currency) as currency, r.outcome, count(*) as count,
            sum(coalesce(r.amount, p.amount)::numeric) as volume
        from jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text, at timestamptz, amount bigint, currency text)
        left join payments_counted p on p.payment_id = r."paymentId" and r.currency is null
        group by 1, 2, 3) as n
    on conflict (minute, currency, outcome) do update
    set count = m.count + excluded.count,
        volume = least(coalesce(m.volume_sum, m.volume) + excluded.volume_sum, volume_max),
        volume_sum = coalesce(m.volume_sum, m.volume) + excluded.volume_sum;

    delete from payments_counted p
    using jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text)
    where p.payment_id = r."paymentId" and r.outcome in ('completed', 'failed');
end $$;
