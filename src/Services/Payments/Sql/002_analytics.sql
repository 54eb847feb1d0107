-- Payments by minute, currency and outcome: counted from the log, beside the payments themselves and some milliseconds behind.

-- Payments on their way: an ending tells neither amount nor currency. A row goes when its payment has ended.
create table payments_counted (
    payment_id uuid primary key,
    amount     bigint not null,
    currency   text collate "C" not null
);

create table payment_minutes (
    minute   timestamptz not null,
    currency text collate "C" not null,
    outcome  text collate "C" not null, -- requested, completed or failed in this minute
    count    bigint not null,
    volume   bigint not null,
    primary key (minute, currency, outcome)
) with (fillfactor = 50);

create function apply_payment_minutes(rows jsonb) returns void language plpgsql as $$
begin
    insert into payments_counted (payment_id, amount, currency)
    select r."paymentId", r.amount, r.currency
    from jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text, amount bigint, currency text)
    where r.outcome = 'requested';

    -- An ending without its request finds no currency, which the table refuses: nothing is left out of the counts in silence.
    insert into payment_minutes as m (minute, currency, outcome, count, volume)
    select date_trunc('minute', r.at, 'utc'), p.currency, r.outcome, count(*), sum(p.amount)
    from jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text, at timestamptz)
    left join payments_counted p on p.payment_id = r."paymentId"
    group by 1, 2, 3
    on conflict (minute, currency, outcome) do update set count = m.count + excluded.count, volume = m.volume + excluded.volume;

    delete from payments_counted p
    using jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text)
    where p.payment_id = r."paymentId" and r.outcome <> 'requested';
end $$;
