-- Overdrafts, open holds and system accounts.
--
-- What was there before: accounts are summed up here, so that all accounts of a currency add up to zero from the first moment. Open holds
-- only the events know; the projection's new version has its tables made again from them as soon as the service runs.

alter table wallets
    drop constraint wallets_balance_check,
    drop constraint wallets_check,
    add column overdraft bigint not null default 0,
    add constraint wallets_overdraft_from_zero check (overdraft >= 0),
    add constraint wallets_held_from_zero check (held >= 0),
    -- With the one above it also says that no balance is below the overdraft.
    add constraint wallets_available_from_zero check (balance - held + overdraft >= 0);

-- Money that is set aside now; a row goes when its hold ends. A hold has one wallet: the key is the last word on that.
create table holds (
    hold_id      uuid primary key,
    wallet_id    uuid not null,
    operation_id uuid not null,
    purpose      text collate "C" not null,
    amount       bigint not null check (amount > 0),
    currency     text collate "C" not null,
    expires_at   timestamptz not null,
    reference    text
);

create index holds_by_wallet on holds (wallet_id, hold_id);
create index holds_by_expiry on holds (expires_at);

-- The other side of the double entry. For each currency, these and the wallets add up to zero. A sum over wallets may exceed a bigint.
create table account_balances (
    account  text collate "C" not null,
    currency text collate "C" not null,
    balance  numeric(38) not null,
    primary key (account, currency)
) with (fillfactor = 10);

insert into account_balances (account, currency, balance)
select counter_account, currency, -sum(amount) from ledger_entries group by counter_account, currency;

-- In plpgsql a plan is made once and kept. None of these has one that the size of a table could spoil: rows are inserted, or found by a key
-- that is given as an array.

-- A process of the version before writes no overdraft, and knows of none.
create or replace function apply_wallets(rows jsonb) returns void language plpgsql as $$
begin
    insert into wallets as w (wallet_id, user_id, currency, balance, held, overdraft, status, version)
    select r."walletId", r."userId", r.currency, r.balance, r.held, coalesce(r.overdraft, 0), r.status, r.version
    from jsonb_to_recordset(rows) as r (
        "walletId" uuid, "userId" text, currency text, balance bigint, held bigint, overdraft bigint, status text, version bigint)
    on conflict (wallet_id) do update
    set balance = excluded.balance, held = excluded.held, overdraft = excluded.overdraft,
        status = excluded.status, version = excluded.version;
end $$;

-- Entries and what they do to the accounts, in one statement: there is no entry that one account knows and the other does not.
create or replace function apply_ledger_entries(rows jsonb) returns void language plpgsql as $$
begin
    with entered as (
        insert into ledger_entries (
            wallet_id, version, kind, movement_id, amount, currency, balance, counter_account, counterparty, reference, recorded_at)
        select r."walletId", r.version, r.kind, r."movementId", r.amount, r.currency, r.balance, r."counterAccount", r.counterparty,
            r.reference, r."recordedAt"
        from jsonb_to_recordset(rows) as r (
            "walletId" uuid, version bigint, kind text, "movementId" uuid, amount bigint, currency text, balance bigint,
            "counterAccount" text, counterparty uuid, reference text, "recordedAt" timestamptz)
        returning counter_account, currency, amount
    )
    insert into account_balances as a (account, currency, balance)
    select e.counter_account, e.currency, -sum(e.amount) from entered e group by e.counter_account, e.currency
    on conflict (account, currency) do update set balance = a.balance + excluded.balance;
end $$;

-- Holds that ended and holds that were made; of a hold that did both at once, nothing is told.
create function apply_holds(rows jsonb) returns void language plpgsql
set enable_seqscan = off -- Nobody reads all holds to find the few that ended.
as $$
begin
    delete from holds h
    where h.hold_id = any (array(
        select r."holdId" from jsonb_to_recordset(rows) as r ("holdId" uuid, amount bigint) where r.amount is null));

    insert into holds (hold_id, wallet_id, operation_id, purpose, amount, currency, expires_at, reference)
    select r."holdId", r."walletId", r."operationId", r.purpose, r.amount, r.currency, r."expiresAt", r.reference
    from jsonb_to_recordset(rows) as r (
        "holdId" uuid, "walletId" uuid, "operationId" uuid, purpose text, amount bigint, currency text, "expiresAt" timestamptz,
        reference text)
    where r.amount is not null;
end $$;
