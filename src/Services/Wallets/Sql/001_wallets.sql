-- What the wallet service answers questions from. Written in the transaction of the events; can be made again from them.

create table wallets (
    wallet_id uuid primary key,
    user_id   text collate "C" not null,
    currency  text collate "C" not null,
    balance   bigint not null check (balance >= 0),
    held      bigint not null check (held >= 0 and held <= balance),
    status    text not null,
    version   bigint not null
) with (fillfactor = 50);

create index wallets_by_user on wallets (user_id, wallet_id);

-- Every movement of money, with the balance after it. The unique index is the last word against moving the same money twice.
create table ledger_entries (
    wallet_id       uuid not null,
    version         bigint not null,
    kind            text not null,
    movement_id     uuid not null,
    amount          bigint not null check (amount <> 0),
    currency        text collate "C" not null,
    balance         bigint not null,
    counter_account text collate "C" not null,
    counterparty    uuid,
    reference       text,
    recorded_at     timestamptz not null,
    primary key (wallet_id, version)
);

create unique index ledger_entries_once on ledger_entries (movement_id, wallet_id, kind);

create function apply_wallets(rows jsonb) returns void language sql as $$
    insert into wallets as w (wallet_id, user_id, currency, balance, held, status, version)
    select r."walletId", r."userId", r.currency, r.balance, r.held, r.status, r.version
    from jsonb_to_recordset(rows) as r (
        "walletId" uuid, "userId" text, currency text, balance bigint, held bigint, status text, version bigint)
    on conflict (wallet_id) do update
    set balance = excluded.balance, held = excluded.held, status = excluded.status, version = excluded.version
$$;

create function apply_ledger_entries(rows jsonb) returns void language sql as $$
    insert into ledger_entries (
        wallet_id, version, kind, movement_id, amount, currency, balance, counter_account, counterparty, reference, recorded_at)
    select r."walletId", r.version, r.kind, r."movementId", r.amount, r.currency, r.balance, r."counterAccount", r.counterparty, r.reference,
        r."recordedAt"
    from jsonb_to_recordset(rows) as r (
        "walletId" uuid, version bigint, kind text, "movementId" uuid, amount bigint, currency text, balance bigint, "counterAccount" text,
        counterparty uuid, reference text, "recordedAt" timestamptz)
$$;
