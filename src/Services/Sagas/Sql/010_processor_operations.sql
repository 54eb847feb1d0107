-- The card processor's books as it told us, operation by operation: what our card_books are compared with. A copy, never a source of our own.
create table processor_operations (
    sequence bigint primary key,
    key      text collate "C" not null,
    kind     text collate "C" not null,
    approved boolean not null,
    amount   bigint not null,
    currency text collate "C",
    at       timestamptz not null
);

create unique index processor_operations_by_key on processor_operations (key);
