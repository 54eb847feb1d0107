-- What the payment service answers questions from. Written in the transaction of the events; can be made again from them.

create table payments (
    payment_id      uuid primary key,
    method          text not null,
    payer_wallet_id uuid not null,
    payee_wallet_id uuid not null,
    amount          bigint not null check (amount > 0),
    currency        text collate "C" not null,
    reference       text,
    status          text collate "C" not null,
    failure_code    text,
    refunded_amount bigint not null default 0,
    requested_at    timestamptz not null,
    ended_at        timestamptz,
    version         bigint not null
) with (fillfactor = 70);

create index payments_by_payer on payments (payer_wallet_id, payment_id);
create index payments_by_payee on payments (payee_wallet_id, payment_id);

-- Completed is the common case, and found by going through the primary key.
create index payments_not_completed on payments (status, payment_id) where status <> 'completed';

-- One row: all of time. One row a second: the recent past. What the overview shows without counting payments.
create table payment_totals (
    only_row  boolean primary key default true check (only_row),
    requested bigint not null default 0,
    completed bigint not null default 0,
    failed    bigint not null default 0
) with (fillfactor = 10);

insert into payment_totals default values;

create table payment_seconds (
    second          timestamptz not null,
    requested       bigint not null default 0,
    completed       bigint not null default 0,
    failed          bigint not null default 0,
    primary key (second)
) with (fillfactor = 20);

create function apply_payments(rows jsonb) returns void language plpgsql as $$
begin
    insert into payments as p (
        payment_id, method, payer_wallet_id, payee_wallet_id, amount, currency, reference, status, failure_code, requested_at, ended_at, version)
    select r."paymentId", r.method, r."payerWalletId", r."payeeWalletId", r.amount, r.currency, r.reference, r.status, r."failureCode",
        coalesce(r."requestedAt", r."changedAt"), r."endedAt", r.version
    from jsonb_to_recordset(rows) as r (
        "paymentId" uuid, method text, "payerWalletId" uuid, "payeeWalletId" uuid, amount bigint, currency text, reference text, status text,
        "failureCode" text, "requestedAt" timestamptz, "endedAt" timestamptz, "changedAt" timestamptz, version bigint)
    on conflict (payment_id) do update
    set status = excluded.status, failure_code = excluded.failure_code, ended_at = excluded.ended_at, version = excluded.version;

    insert into payment_seconds as s (second, requested, completed, failed)
    select date_trunc('second', r."changedAt"),
        count(*) filter (where r."requestedAt" is not null),
        count(*) filter (where r.status = 'completed'),
        count(*) filter (where r.status = 'failed')
    from jsonb_to_recordset(rows) as r ("requestedAt" timestamptz, "changedAt" timestamptz, status text)
    group by 1
    on conflict (second) do update
    set requested = s.requested + excluded.requested, completed = s.completed + excluded.completed, failed = s.failed + excluded.failed;

    update payment_totals t
    set requested = t.requested + n.requested, completed = t.completed + n.completed, failed = t.failed + n.failed
    from (select
            count(*) filter (where r."requestedAt" is not null) as requested,
            count(*) filter (where r.status = 'completed') as completed,
            count(*) filter (where r.status = 'failed') as failed
        from jsonb_to_recordset(rows) as r ("requestedAt" timestamptz, status text)) n;
end $$;
