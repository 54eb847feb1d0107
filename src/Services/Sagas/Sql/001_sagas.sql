-- What the saga service answers questions from, and where its clock looks. Written in the transaction of the events.

create table sagas (
    saga_id         uuid primary key,
    phase           text collate "C" not null,
    overdue         boolean not null,
    deadline        timestamptz,
    payer_wallet_id uuid not null,
    payee_wallet_id uuid not null,
    amount          bigint not null,
    currency        text collate "C" not null,
    failure_code    text,
    started_at      timestamptz not null,
    updated_at      timestamptz not null,
    version         bigint not null
) with (fillfactor = 50);

-- Small: only sagas on their way have a deadline.
create index sagas_by_deadline on sagas (deadline) where deadline is not null;

-- One row a phase, kept up to date by every change.
create table saga_counts (
    phase text collate "C" primary key,
    count bigint not null
) with (fillfactor = 10);

create function apply_sagas(rows jsonb) returns void language plpgsql as $$
begin
    with changed as (
        select r.*, s.phase as phase_before
        from jsonb_to_recordset(rows) as r (
            "sagaId" uuid, phase text, overdue boolean, deadline timestamptz, "payerWalletId" uuid, "payeeWalletId" uuid, amount bigint,
            currency text, "failureCode" text, "changedAt" timestamptz, version bigint)
        left join sagas s on s.saga_id = r."sagaId"
    ), counted as (
        insert into saga_counts as c (phase, count)
        select phase, sum(n)
        from (select phase, 1 as n from changed union all select phase_before, -1 from changed where phase_before is not null) moves
        group by phase
        on conflict (phase) do update set count = c.count + excluded.count
    )
    insert into sagas (
        saga_id, phase, overdue, deadline, payer_wallet_id, payee_wallet_id, amount, currency, failure_code, started_at, updated_at, version)
    select "sagaId", phase, overdue, deadline, "payerWalletId", "payeeWalletId", amount, currency, "failureCode", "changedAt", "changedAt", version
    from changed
    on conflict (saga_id) do update
    set phase = excluded.phase, overdue = excluded.overdue, deadline = excluded.deadline, failure_code = excluded.failure_code,
        updated_at = excluded.updated_at, version = excluded.version;
end $$;
