-- What is taken back is what was given: a reversal names the operation, amount and currency of a credit that this wallet has in its ledger.
-- Called in the transaction of the reversal. A rebuild, in whose sight there is no log_head, takes history as it is.
create function apply_credit_reversals(rows jsonb) returns void language plpgsql
set enable_seqscan = off -- Nobody reads the whole ledger to find the few of these operations.
as $$
declare
    unfounded record;
begin
    if to_regclass('log_head') is null then
        return;
    end if;

    select r."operationId", r."walletId" into unfounded
    from jsonb_to_recordset(rows) as r ("walletId" uuid, "operationId" uuid, amount bigint, currency text)
    where not exists (
        select from ledger_entries e
        where e.movement_id = r."operationId" and e.wallet_id = r."walletId" and e.kind in ('payment_in', 'refund_in')
          and e.amount = r.amount and e.currency = r.currency)
    limit 1;
    if found then
        raise foreign_key_violation using
            message = format('wallet %s has no credit of this amount by %s to take back', unfounded."walletId", unfounded."operationId"),
            constraint = 'reversal_of_a_credit';
    end if;
end $$;
