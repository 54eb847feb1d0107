-- How far each subscription has come, and how it is. One row a name; whoever holds the name's advisory lock works on it.
-- The position is moved by compare-and-set: a worker that lost the lock and does not know it cannot move it.
create table checkpoints (
    name        text collate "C" primary key,
    version     integer not null,
    position    bigint not null,
    moved_at    timestamptz not null,
    paused      boolean not null default false,
    state       text collate "C" not null,
    state_since timestamptz not null,
    failures    integer not null default 0, -- in a row
    error       text
) with (fillfactor = 50);

-- Read models, and the rebuild that is asked for or under way. Tables are filled in the schema projection_<name>_next, beside those that
-- serve, and the position up to which they are filled is moved in the same transactions.
create table projections (
    name                 text collate "C" primary key,
    inline               boolean not null,
    rebuild_version      integer,          -- null: no rebuild
    rebuild_requested_at timestamptz,
    rebuild_started_at   timestamptz,
    rebuild_position     bigint,           -- null: not begun
    rebuild_from         bigint,           -- where the present run took up the work, and when: for the rate
    rebuild_from_at      timestamptz,
    rebuild_error        text,
    rebuilt_at           timestamptz       -- when the last rebuild was switched to
) with (fillfactor = 50);
