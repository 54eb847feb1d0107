-- Events that a projection could not take, because the database refuses the rows that they lead to. The projection goes on without them, and
-- without what comes later in their streams: when what stood in the way is mended, all of it is applied in order.
create table parked_projection_events (
    projection text collate "C" not null,
    rebuild    boolean not null,                -- of the tables that a rebuild fills beside those that serve
    position   bigint not null,
    stream_id  text collate "C" not null,
    error      text,                            -- null: waits behind another event of its stream
    parked_at  timestamptz not null,
    retry      boolean not null default false,  -- another attempt is wanted
    primary key (projection, rebuild, position)
);
