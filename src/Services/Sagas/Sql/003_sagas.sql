-- All kinds of sagas, and for people: what each waits for, since when, how often it was asked, and what it was refused with.
-- Sagas of before are read as what they were, until the projection has been rebuilt: its version goes up with this file.
alter table sagas
    add column definition             text collate "C" not null default 'wallet-payment',
    add column method                 text collate "C" not null default 'wallet',
    add column payment_id             uuid,
    add column attempt                integer not null default 1,
    add column refusal_code           text collate "C",
    add column awaits                 text,
    add column waiting_since          timestamptz not null default now(),
    add column compensation_requested boolean not null default false,
    alter column payer_wallet_id drop not null;

alter table sagas
    alter column definition drop default,
    alter column method drop default,
    alter column waiting_since drop default;

-- Where the clock looks. An overdue saga has been told.
create index sagas_due on sagas (deadline) where deadline is not null and not overdue;

-- Where people look: those that are not on their way as they should be.
create index sagas_stuck on sagas (waiting_since) where deadline is not null and (overdue or attempt > 1 or refusal_code is not null);

-- What is to be asked of the card processor: one row from the command until its answer. due_at, lease, leased_until, calls and trouble are the
-- workers' own; the rest is a fold of the log. A row made anew only forgets that somebody may be asking just now, which the key makes harmless.
create table card_calls (
    saga_id        uuid primary key,
    call_key       text collate "C" not null,
    command_type   text collate "C" not null,
    command_schema integer not null,
    command        jsonb not null,
    payment_id     uuid not null,
    version        bigint not null,
    asked_at       timestamptz not null,
    due_at         timestamptz not null,
    lease          uuid,
    leased_until   timestamptz,
    calls          integer not null default 0,
    trouble        text
) with (fillfactor = 50);

create index card_calls_by_due on card_calls (due_at);

-- What the card processor has approved, or a person has declared that it did.
create table card_books (
    key       text collate "C" primary key,
    operation uuid not null,
    payment   uuid not null,
    act       text collate "C" not null,
    amount    bigint not null,
    currency  text collate "C" not null,
    declared  boolean not null,
    at        timestamptz not null,
    version   bigint not null
);

create index card_books_by_payment on card_books (payment);

-- What people have done about sagas.
create table saga_acts (
    saga_id      uuid not null,
    version      bigint not null,
    act          text collate "C" not null,
    by           text not null,
    reason       text not null,
    phase_before text collate "C" not null,
    phase_after  text collate "C" not null,
    acted_at     timestamptz not null,
    primary key (saga_id, version)
);

create index saga_acts_by_time on saga_acts (acted_at);

create or replace function apply_sagas(rows jsonb) returns void language plpgsql as $$
begin
    with changed as materialized (
        select r.*, (select s.phase from sagas s where s.saga_id = r."sagaId") as phase_before
        from jsonb_to_recordset(rows) as r (
            "sagaId" uuid, definition text, method text, "paymentId" uuid, phase text, overdue boolean, deadline timestamptz, attempt integer,
            "refusalCode" text, awaits text, "compensationRequested" boolean, "payerWalletId" uuid,
            "payeeWalletId" uuid, amount bigint, currency text, "failureCode" text, "changedAt" timestamptz, version bigint)
    ), counted as (
        insert into saga_counts as c (phase, count)
        select phase, sum(n)
        from (select phase, 1 as n from changed union all select phase_before, -1 from changed where phase_before is not null) moves
        group by phase
        on conflict (phase) do update set count = c.count + excluded.count
    )
    insert into sagas as s (
        saga_id, definition, method, payment_id, phase, overdue, deadline, attempt, refusal_code, awaits, waiting_since,
        compensation_requested, payer_wallet_id, payee_wallet_id, amount, currency, failure_code, started_at, updated_at, version)
    select "sagaId", definition, method, "paymentId", phase, overdue, deadline, attempt, "refusalCode", awaits,
        "changedAt", "compensationRequested", "payerWalletId", "payeeWalletId", amount, currency, "failureCode",
        "changedAt", "changedAt", version
    from changed
    on conflict (saga_id) do update
    set phase = excluded.phase, overdue = excluded.overdue, deadline = excluded.deadline, attempt = excluded.attempt,
        refusal_code = excluded.refusal_code, awaits = excluded.awaits, compensation_requested = excluded.compensation_requested,
        waiting_since = case when excluded.phase = s.phase then s.waiting_since else excluded.waiting_since end,
        failure_code = excluded.failure_code, updated_at = excluded.updated_at, version = excluded.version;
end $$;

-- A row without a command: what was asked before is not asked any more. The same asked again is due at once; whoever is asking goes on.
create function apply_card_calls(rows jsonb) returns void language plpgsql as $$
begin
    delete from card_calls
    where saga_id in (select r."sagaId" from jsonb_to_recordset(rows) as r ("sagaId" uuid, command jsonb) where r.command is null);

    insert into card_calls as c (saga_id, call_key, command_type, command_schema, command, payment_id, version, asked_at, due_at)
    select r."sagaId", r."callKey", r."commandType", r."commandSchema", r.command, r."paymentId", r.version, r."askedAt", r."askedAt"
    from jsonb_to_recordset(rows) as r (
        "sagaId" uuid, "callKey" text, "commandType" text, "commandSchema" integer, command jsonb, "paymentId" uuid, version bigint,
        "askedAt" timestamptz)
    where r.command is not null
    on conflict (saga_id) do update
    set call_key = excluded.call_key, command_type = excluded.command_type, command_schema = excluded.command_schema,
        command = excluded.command, version = excluded.version, asked_at = excluded.asked_at,
        due_at = excluded.due_at,
        lease = case when c.call_key = excluded.call_key then c.lease end,
        leased_until = case when c.call_key = excluded.call_key then c.leased_until end,
        calls = case when c.call_key = excluded.call_key then c.calls else 0 end,
        trouble = case when c.call_key = excluded.call_key then c.trouble end;
end $$;

create function apply_card_books(rows jsonb) returns void language sql as $$
    insert into card_books (key, operation, payment, act, amount, currency, declared, at, version)
    select r.key, r.operation, r.payment, r.act, r.amount, r.currency, r.declared, r.at, r.version
    from jsonb_to_recordset(rows) as r (
        key text, operation uuid, payment uuid, act text, amount bigint, currency text, declared boolean, at timestamptz, version bigint)
$$;

-- A row without an act: what the act before it has led to, where the two are applied apart, as a rebuild does.
create function apply_saga_acts(rows jsonb) returns void language plpgsql as $$
begin
    update saga_acts a
    set phase_after = r."phaseAfter"
    from jsonb_to_recordset(rows) as r ("sagaId" uuid, version bigint, act text, "phaseAfter" text)
    where r.act is null and a.saga_id = r."sagaId" and a.version = r.version;

    insert into saga_acts (saga_id, version, act, by, reason, phase_before, phase_after, acted_at)
    select r."sagaId", r.version, r.act, r.by, r.reason, r."phaseBefore", r."phaseAfter", r."actedAt"
    from jsonb_to_recordset(rows) as r (
        "sagaId" uuid, version bigint, act text, by text, reason text, "phaseBefore" text, "phaseAfter" text, "actedAt" timestamptz)
    where r.act is not null;
end $$;
