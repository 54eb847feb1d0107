// Emmett as a peer of the event store: measures itself, on request. A request is a line of JSON on stdin, its answer a line on stdout:
//   {"do":"append","callers":32,"events":1,"seconds":3}    appends a second on streams of their own, with expected versions
//   {"do":"count"}                                         how many events are stored
//   {"do":"seed","stream":"wallet-1","events":[…]}         stores these ({type, data}) at the start of a stream
//   {"do":"load","streams":["wallet-1",…]}                 folds each stream once, one after another
// The database is PAYMENTS_BENCH_DATABASE, a URL; PAYMENTS_BENCH_POOL is how many connections may be open.
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';
import { randomUUID } from 'node:crypto';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const appendsPerStream = 20;
const warmUpMs = 500;
const seedBatch = 1000;

// As in AppendLoad.cs.
const data = {
  wallet: '0198c0de-7a51-7c3e-9d41-1f2e3d4c5b6a',
  payment: '0198c0de-7a52-7d10-8e21-0a1b2c3d4e5f',
  amount: { minor: 2500, currency: 'EUR' },
  payee: '0198c0de-7a50-7b2a-b1c2-d3e4f5061728',
  expiresAt: '2026-01-31T12:00:00.0000000+00:00',
};

const connectionString = process.env.PAYMENTS_BENCH_DATABASE;
const pool = new pg.Pool({ connectionString, max: Number(process.env.PAYMENTS_BENCH_POOL) });
const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pool } });
await store.schema.migrate();

const newEvent = () => ({
  type: 'wallet.funds-held.v1',
  data,
  metadata: { correlationId: randomUUID(), causationId: randomUUID(), actor: 'bench', routingKey: 'user/bench-0001' },
});

async function append({ callers, events, seconds }) {
  const from = performance.now() + warmUpMs;
  const until = from + seconds * 1000;
  const latencies = [];
  let stored = 0;

  async function call() {
    while (performance.now() < until) {
      const stream = `wallet-${randomUUID()}`;
      for (let n = 0; n < appendsPerStream && performance.now() < until; n++) {
        const batch = Array.from({ length: events }, newEvent);
        const start = performance.now();
        await store.appendToStream(stream, batch, { expectedStreamVersion: BigInt(n * events) });
        const end = performance.now();
        stored += events;
        if (end >= from && end < until) latencies.push(end - start);
      }
    }
  }

  await Promise.all(Array.from({ length: callers }, call));
  latencies.sort((a, b) => a - b);
  return {
    appendsPerSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    events: stored,
  };
}

const percentile = (sorted, percent) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;

async function count() {
  const { rows } = await pool.query('select count(*)::int as events from emt_messages');
  return rows[0];
}

async function seed({ stream, events }) {
  for (let from = 0; from < events.length; from += seedBatch) {
    const batch = events.slice(from, from + seedBatch).map((e) => ({ ...e, metadata: newEvent().metadata }));
    await store.appendToStream(stream, batch, { expectedStreamVersion: BigInt(from) });
  }
  return { events: events.length };
}

// The wallet's fold, without its checks: posted, held, the open holds and the last 64 outcomes.
const initialState = () => ({ posted: 0, held: 0, holds: new Map(), recent: [] });

function remember(state, id) {
  state.recent.push(id);
  if (state.recent.length > 64) state.recent.shift();
}

function evolve(state, { type, data: e }) {
  switch (type) {
    case 'wallet.opened.v1':
      return state;
    case 'wallet.deposited.v1':
      state.posted += e.amount.minor;
      return state;
    case 'wallet.funds-held.v1':
      state.held += e.amount.minor;
      state.holds.set(e.hold, e.amount.minor);
      return state;
    case 'wallet.hold-captured.v1':
      state.posted -= e.amount.minor;
      state.held -= state.holds.get(e.hold);
      state.holds.delete(e.hold);
      remember(state, e.hold);
      return state;
    default:
      throw new Error(`What is ${type}?`);
  }
}

async function load({ streams }) {
  const ms = [];
  let posted = 0;
  for (const stream of streams) {
    const start = performance.now();
    const { state } = await store.aggregateStream(stream, { evolve, initialState });
    ms.push(performance.now() - start);
    posted += state.posted;
  }
  return { ms, posted };
}

// Ctrl-C reaches every process of the terminal: this one ends when its stdin does.
process.on('SIGINT', () => {});

const verbs = { append, count, seed, load };

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(await verbs[request.do](request)));
}

await store.close();
await pool.end();
