-- Payments by card, fees and refunds. What was stored before has none of them, so nothing has to be made again.

alter table payments
    alter column payer_wallet_id drop not null, -- A card pays.
    add column fee bigint not null default 0 check (fee >= 0),
    add constraint payments_refunded_within_amount check (refunded_amount between 0 and amount);

create table refunds (
    refund_id    uuid primary key,
    payment_id   uuid not null,
    amount       bigint not null check (amount > 0),
    currency     text collate "C" not null,
    status       text collate "C" not null, -- pending, completed or failed
    failure_code text,
    reason       text,
    requested_at timestamptz not null,
    ended_at     timestamptz
) with (fillfactor = 80);

create index refunds_by_payment on refunds (payment_id, refund_id);

-- A payment goes on changing after its end, when it is refunded. So an ending is counted with the change that tells when it was, and only
-- that. A process of the version before tells of no fee and no refund, and knows of none.
create or replace function apply_payments(rows jsonb) returns void language plpgsql as $$
begin
    insert into payments as p (
        payment_id, method, payer_wallet_id, payee_wallet_id, amount, currency, fee, reference, status, failure_code, refunded_amount,
        requested_at, ended_at, version)
    select r."paymentId", r.method, r."payerWalletId", r."payeeWalletId", r.amount, r.currency, coalesce(r.fee, 0), r.reference, r.status,
        r."failureCode", coalesce(r."refundedAmount", 0), coalesce(r."requestedAt", r."changedAt"), r."endedAt", r.version
    from jsonb_to_recordset(rows) as r (
        "paymentId" uuid, method text, "payerWalletId" uuid, "payeeWalletId" uuid, amount bigint, currency text, fee bigint, reference text,
        status text, "failureCode" text, "refundedAmount" bigint, "requestedAt" timestamptz, "endedAt" timestamptz, "changedAt" timestamptz,
        version bigint)
    on conflict (payment_id) do update
    set status = excluded.status, failure_code = excluded.failure_code, refunded_amount = excluded.refunded_amount,
        ended_at = coalesce(excluded.ended_at, p.ended_at), version = excluded.version;

    insert into payment_seconds as s (second, requested, completed, failed)
    select date_trunc('second', r."changedAt"),
        count(*) filter (where r."requestedAt" is not null),
        count(*) filter (where r."endedAt" is not null and r.status <> 'failed'),
        count(*) filter (where r."endedAt" is not null and r.status = 'failed')
    from jsonb_to_recordset(rows) as r ("requestedAt" timestamptz, "endedAt" timestamptz, "changedAt" timestamptz, status text)
    where r."requestedAt" is not null or r."endedAt" is not null
    group by 1
    on conflict (second) do update
    set requested = s.requested + excluded.requested, completed = s.completed + excluded.completed, failed = s.failed + excluded.failed;

    update payment_totals t
    set requested = t.requested + n.requested, completed = t.completed + n.completed, failed = t.failed + n.failed
    from (select
            count(*) filter (where r."requestedAt" is not null) as requested,
            count(*) filter (where r."endedAt" is not null and r.status <> 'failed') as completed,
            count(*) filter (where r."endedAt" is not null and r.status = 'failed') as failed
        from jsonb_to_recordset(rows) as r ("requestedAt" timestamptz, "endedAt" timestamptz, status text)) n
    where n.requested + n.completed + n.failed > 0;
end $$;

create function apply_refunds(rows jsonb) returns void language plpgsql
set enable_seqscan = off -- A plan made while there were no refunds is kept; it must not read all of them later.
as $$
declare
    ended   bigint := (select count(*) from jsonb_to_recordset(rows) as r ("requestedAt" timestamptz) where r."requestedAt" is null);
    updated bigint;
begin
    insert into refunds (refund_id, payment_id, amount, currency, status, failure_code, reason, requested_at, ended_at)
    select r."refundId", r."paymentId", r.amount, r.currency, r.status, r."failureCode", r.reason, r."requestedAt", r."endedAt"
    from jsonb_to_recordset(rows) as r (
        "refundId" uuid, "paymentId" uuid, amount bigint, currency text, status text, "failureCode" text, reason text,
        "requestedAt" timestamptz, "endedAt" timestamptz)
    where r."requestedAt" is not null;

    update refunds f
    set status = r.status, failure_code = r."failureCode", ended_at = r."endedAt"
    from jsonb_to_recordset(rows) as r ("refundId" uuid, status text, "failureCode" text, "requestedAt" timestamptz, "endedAt" timestamptz)
    where f.refund_id = r."refundId" and r."requestedAt" is null;
    get diagnostics updated = row_count;
    if updated <> ended then
        raise exception 'Of % refunds that have ended % are known.', ended, updated;
    end if;
end $$;

-- Refunds tell their amount themselves. They are counted when the money has gone back.
create or replace function apply_payment_minutes(rows jsonb) returns void language plpgsql as $$
begin
    insert into payments_counted (payment_id, amount, currency)
    select r."paymentId", r.amount, r.currency
    from jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text, amount bigint, currency text)
    where r.outcome = 'requested';

    -- An ending without its request finds no currency, which the table refuses: nothing is left out of the counts in silence.
    insert into payment_minutes as m (minute, currency, outcome, count, volume)
    select date_trunc('minute', r.at, 'utc'), coalesce(r.currency, p.currency), r.outcome, count(*), sum(coalesce(r.amount, p.amount))
    from jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text, at timestamptz, amount bigint, currency text)
    left join payments_counted p on p.payment_id = r."paymentId" and r.currency is null
    group by 1, 2, 3
    on conflict (minute, currency, outcome) do update set count = m.count + excluded.count, volume = m.volume + excluded.volume;

    delete from payments_counted p
    using jsonb_to_recordset(rows) as r ("paymentId" uuid, outcome text)
    where p.payment_id = r."paymentId" and r.outcome in ('completed', 'failed');
end $$;
