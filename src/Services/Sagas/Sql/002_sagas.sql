-- As in 001, but the phase before is looked up saga by saga. As a join its plan, made while the table was empty and kept, read every saga
-- there ever was for each change of one.
create or replace function apply_sagas(rows jsonb) returns void language plpgsql as $$
begin
    with changed as materialized (
        select r.*, (select s.phase from sagas s where s.saga_id = r."sagaId") as phase_before
        from jsonb_to_recordset(rows) as r (
            "sagaId" uuid, phase text, overdue boolean, deadline timestamptz, "payerWalletId" uuid, "payeeWalletId" uuid, amount bigint,
            currency text, "failureCode" text, "changedAt" timestamptz, version bigint)
    ), counted as (
        insert into saga_counts as c (phase, count)
        select phase, sum(n)
        from (select phase, 1 as n from changed union all select phase_before, -1 from changed where phase_before is not null) moves
        group by phase
        on conflict (phase) do update set count = c.count + excluded.count
    )
    insert into sagas (
        saga_id, phase, overdue, deadline, payer_wallet_id, payee_wallet_id, amount, currency, failure_code,
        started_at, updated_at, version)
    select "sagaId", phase, overdue, deadline, "payerWalletId", "payeeWalletId", amount, currency, "failureCode",
        "changedAt", "changedAt", version
    from changed
    on conflict (saga_id) do update
    set phase = excluded.phase, overdue = excluded.overdue, deadline = excluded.deadline, failure_code = excluded.failure_code,
        updated_at = excluded.updated_at, version = excluded.version;
end $$;
