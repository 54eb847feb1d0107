-- The processor's books. One row of books gives each operation its sequence and is locked until the commit: sequences have no gaps and
-- become visible in order, so that a reader of sequence > n never misses one.
create table books (
    only_row boolean primary key default true check (only_row),
    last_sequence bigint not null default 0 check (last_sequence >= 0)
);

insert into books default values;

-- The checks are a second lock on the door: the rules are the program's.
create table authorisations (
    authorisation_id uuid primary key,
    key text not null unique,
    token text not null,
    currency text not null,
    amount bigint not null check (amount > 0),
    captured bigint not null check (captured between 0 and amount),
    refunded bigint not null check (refunded between 0 and captured),
    voided boolean not null,
    reference text
);

-- Written once, never changed: what was asked, and the answer.
create table operations (
    sequence bigint primary key,
    key text not null unique,
    body text not null,
    kind text not null check (kind in ('authorise', 'capture', 'void', 'refund', 'reverse')),
    status text not null check (status in ('approved', 'declined')),
    code text,
    authorisation_id uuid,   -- As the request named it: not every one exists.
    amount bigint not null check (amount >= 0),
    currency text,
    original_key text,
    at timestamptz not null
);

-- Keys that were reversed before anything arrived under them.
create table closed_keys (
    key text primary key
);

-- Attempts that failed before any effect, by order of a fault.
create table failures (
    key text primary key,
    failures int not null check (failures > 0)
);

create table faults (
    only_row boolean primary key default true check (only_row),
    version bigint not null default 0,
    down boolean not null default false,
    latency_ms int not null default 0,
    decline_percent int not null default 0,
    timeout_after_effect_percent int not null default 0,
    error_percent int not null default 0,
    seed bigint not null default 0
);

insert into faults default values;
