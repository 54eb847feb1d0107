-- Instances whose machine's clock is off: a row while it is, written by the instance itself. An instance that ends leaves its row, which is then old.
create table instance_clocks (
    instance text primary key,
    skew_ms  bigint not null, -- how far ahead of the database's; negative: behind
    seen_at  timestamptz not null
);
