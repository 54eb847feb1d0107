-- What was refused, beside the ledger which has what was done: the last word on a command that comes again after the wallet has forgotten it.
--
-- An operation is refused by a wallet, or done, once. Whoever tries the other, or the same again, is turned away by the database, and the
-- service then knows that the command was answered before.

create table refusals (
    operation_id uuid not null,
    wallet_id    uuid not null,
    act          text collate "C" not null,
    primary key (operation_id, wallet_id, act)
);

create function refuse_what_was_answered(p_operation uuid, p_wallet uuid, p_act text) returns void language plpgsql as $$
begin
    raise unique_violation using
        message = format('%s of %s in wallet %s was answered before', p_act, p_operation, p_wallet),
        constraint = 'answered_once';
end $$;

-- A rebuild, in whose sight there is no log_head, takes history as it is, also from before there were refusals.

-- The moment of an entry is that of its event: a wallet at the moment of an entry shows it.
create or replace function apply_ledger_entries(rows jsonb) returns void language plpgsql
set enable_seqscan = off -- Nobody reads all refusals to find the few of these operations.
as $$
declare
    live        boolean := to_regclass('log_head') is not null;
    recorded    timestamptz;
    contradicts record;
begin
    if live then
        select h.recorded_at into recorded from log_head h;
        select f.operation_id, f.wallet_id into contradicts
        from refusals f
        where f.act = 'credit'
          and f.operation_id = any (array(
              select r."movementId" from jsonb_to_recordset(rows) as r ("movementId" uuid, kind text)
              where r.kind in ('payment_in', 'refund_in')))
          and exists (
              select from jsonb_to_recordset(rows) as r ("movementId" uuid, "walletId" uuid)
              where r."movementId" = f.operation_id and r."walletId" = f.wallet_id)
        limit 1;
        if found then
            perform refuse_what_was_answered(contradicts.operation_id, contradicts.wallet_id, 'credit');
        end if;
    end if;

    with entered as (
        insert into ledger_entries (
            wallet_id, version, kind, movement_id, amount, currency, balance, counter_account, counterparty, reference, recorded_at)
        select r."walletId", r.version, r.kind, r."movementId", r.amount, r.currency, r.balance, r."counterAccount", r.counterparty,
            r.reference, coalesce(recorded, r."recordedAt")
        from jsonb_to_recordset(rows) as r (
            "walletId" uuid, version bigint, kind text, "movementId" uuid, amount bigint, currency text, balance bigint,
            "counterAccount" text, counterparty uuid, reference text, "recordedAt" timestamptz)
        returning counter_account, currency, amount
    )
    insert into account_balances as a (account, currency, balance)
    select e.counter_account, e.currency, -sum(e.amount) from entered e group by e.counter_account, e.currency
    on conflict (account, currency) do update set balance = a.balance + excluded.balance;
end $$;

create or replace function apply_holds(rows jsonb) returns void language plpgsql
set enable_seqscan = off -- Nobody reads all holds to find the few that ended.
as $$
declare
    contradicts record;
begin
    delete from holds h
    where h.hold_id = any (array(
        select r."holdId" from jsonb_to_recordset(rows) as r ("holdId" uuid, amount bigint) where r.amount is null));

    if to_regclass('log_head') is not null then
        select f.operation_id, f.wallet_id into contradicts
        from refusals f
        where f.act = 'hold'
          and f.operation_id = any (array(
              select r."operationId" from jsonb_to_recordset(rows) as r ("operationId" uuid, amount bigint) where r.amount is not null))
          and exists (
              select from jsonb_to_recordset(rows) as r ("operationId" uuid, "walletId" uuid)
              where r."operationId" = f.operation_id and r."walletId" = f.wallet_id)
        limit 1;
        if found then
            perform refuse_what_was_answered(contradicts.operation_id, contradicts.wallet_id, 'hold');
        end if;
    end if;

    insert into holds (hold_id, wallet_id, operation_id, purpose, amount, currency, expires_at, reference)
    select r."holdId", r."walletId", r."operationId", r.purpose, r.amount, r.currency, r."expiresAt", r.reference
    from jsonb_to_recordset(rows) as r (
        "holdId" uuid, "walletId" uuid, "operationId" uuid, purpose text, amount bigint, currency text, "expiresAt" timestamptz,
        reference text)
    where r.amount is not null;
end $$;

-- Kept are those that are final: a capture or reversal that was refused is asked for again, and may be done then.
create function apply_refusals(rows jsonb) returns void language plpgsql
set enable_seqscan = off -- Nobody reads all entries to find the few of these operations.
as $$
declare
    live        boolean := to_regclass('log_head') is not null;
    contradicts record;
begin
    if live then
        select e.movement_id as operation_id, e.wallet_id, r.act into contradicts
        from jsonb_to_recordset(rows) as r ("operationId" uuid, "walletId" uuid, act text)
        join ledger_entries e on e.movement_id = r."operationId" and e.wallet_id = r."walletId" and e.kind = any (
            case r.act
                when 'credit' then array['payment_in', 'refund_in']
                when 'capture' then array['payment_out', 'refund_out', 'capture_out']
                when 'reverse' then array['reversal']
                else array[]::text[]
            end)
        limit 1;
        if not found then -- In one batch a hold may be made before it is refused.
            select h.operation_id, h.wallet_id, r.act into contradicts
            from jsonb_to_recordset(rows) as r ("operationId" uuid, "walletId" uuid, act text)
            join holds h on h.hold_id = r."operationId" and h.wallet_id = r."walletId"
            where r.act = 'hold'
            limit 1;
        end if;
        if found then
            perform refuse_what_was_answered(contradicts.operation_id, contradicts.wallet_id, contradicts.act);
        end if;

        insert into refusals (operation_id, wallet_id, act)
        select r."operationId", r."walletId", r.act
        from jsonb_to_recordset(rows) as r ("operationId" uuid, "walletId" uuid, act text)
        where r.act in ('hold', 'credit');
    else
        insert into refusals (operation_id, wallet_id, act)
        select r."operationId", r."walletId", r.act
        from jsonb_to_recordset(rows) as r ("operationId" uuid, "walletId" uuid, act text)
        where r.act in ('hold', 'credit')
        on conflict do nothing;
    end if;
end $$;
