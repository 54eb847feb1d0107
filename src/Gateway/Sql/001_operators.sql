-- Who may see and mend the platform, who has signed in, and what was done about either.

create table operators (
    name          text collate "C" primary key check (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
    role          text not null check (role in ('viewer', 'operator', 'admin')),
    password_hash text,                           -- null: signs in with OpenID Connect
    must_change   boolean not null default false, -- the password is known to somebody else, too
    issuer        text collate "C",
    subject       text collate "C",
    failures      integer not null default 0,     -- in a row
    locked_until  timestamptz,
    disabled_at   timestamptz,
    created_at    timestamptz not null,
    signed_in_at  timestamptz,
    unique (issuer, subject),
    check ((password_hash is null) = (issuer is not null))
) with (fillfactor = 70);

create table operator_sessions (
    token_hash bytea primary key,                 -- SHA-256: who reads this table cannot sign in with it
    operator   text collate "C" not null references operators,
    created_at timestamptz not null,
    used_at    timestamptz not null,
    expires_at timestamptz not null
) with (fillfactor = 70);

create index operator_sessions_of on operator_sessions (operator);
create index operator_sessions_expired on operator_sessions (expires_at);

-- Each entry sealed with the one before; the services have the same trail of what is done there.
create table operator_acts (
    seq     bigint primary key,                   -- from 1, without gaps
    at      timestamptz not null,
    by      text collate "C" not null,
    act     text collate "C" not null,            -- signed-in, sign-in-refused, operator-created, role-changed, …
    reason  text not null,
    subject text collate "C" not null,            -- operator/anna
    before  jsonb,
    after   jsonb,
    hash    bytea not null                        -- SHA-256 over the hash before and all that this entry says
);

create index operator_acts_by_time on operator_acts (at);
create index operator_acts_of_subject on operator_acts (subject, seq);

-- One row, whose lock orders the entries; kept apart, so that a cut-off end is found too.
create table operator_acts_head (
    one  boolean primary key default true check (one),
    seq  bigint not null,
    hash bytea not null
) with (fillfactor = 50);

insert into operator_acts_head (seq, hash) values (0, '');

create function operator_act_hash(previous bytea, a operator_acts) returns bytea language sql stable as $$
    select sha256(previous || convert_to(
        jsonb_build_array(
            a.seq, (extract(epoch from a.at) * 1000000)::bigint, a.by, a.act, a.reason, a.subject, a.before, a.after)::text,
        'UTF8'))
$$;

create function seal_operator_act() returns trigger language plpgsql as $$
declare
    head operator_acts_head%rowtype;
begin
    select * into strict head from operator_acts_head for update;
    new.seq := head.seq + 1;
    new.hash := operator_act_hash(head.hash, new);
    update operator_acts_head set seq = new.seq, hash = new.hash;
    return new;
end $$;

create trigger operator_acts_are_sealed before insert on operator_acts for each row execute function seal_operator_act();

create function keep_operator_acts() returns trigger language plpgsql as $$
begin
    raise exception 'operator_acts is append-only';
end $$;

create trigger operator_acts_are_kept before update or delete or truncate on operator_acts
    for each statement execute function keep_operator_acts();

create function verify_operator_acts(out checked bigint, out broken bigint, out why text) language plpgsql stable as $$
declare
    a        operator_acts%rowtype;
    head     operator_acts_head%rowtype;
    previous bytea := '';
begin
    checked := 0;
    for a in select * from operator_acts order by seq loop
        if a.seq <> checked + 1 then
            broken := checked + 1;
            why := 'an entry is missing';
            return;
        end if;
        previous := operator_act_hash(previous, a);
        if previous <> a.hash then
            broken := a.seq;
            why := 'it does not say what it said when it was sealed';
            return;
        end if;
        checked := a.seq;
    end loop;
    select * into head from operator_acts_head;
    if head.seq is distinct from checked or head.hash is distinct from previous then
        broken := checked + 1;
        why := 'the end of the trail is missing';
    end if;
end $$;
