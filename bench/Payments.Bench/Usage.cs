namespace Payments.Bench;

/// <summary>What <c>--help</c> says.</summary>
internal static class Usage
{
    public const string All = """
        Usage: ./payments bench <name> [options]

          appends    durable event appends a second: the event store beside a plain store
          payments   wallet payments a second over HTTP, all services: beside pgbench's TPC-B

        Each starts a PostgreSQL of its own in a temporary folder, durable, and measures itself and its peer on it, in one run.
        `./payments bench <name> --help` lists the options. Ctrl-C stops it and leaves nothing behind.

        """;

    public const string Appends = """
        Usage: ./payments bench appends [options]

        Durable appends a second with many concurrent callers, on the event store and on a plain one: two tables and one transaction
        an append. They take turns on the same server with connection pools of the same size; medians of the rounds are shown.

          --callers 1,8,32,128   concurrent callers, each with one append on its way (each 1 to 1024)
          --events 1,10          events in one append (each 1 to 1000)
          --seconds 3            how long one measurement lasts (1 to 300)
          --rounds 3             measurements of each kind (1 to 20)
          --pool 100             connections that each store may open (1 to 250)

        """;

    public const string Payments = """
        Usage: ./payments bench payments [options]

        Wallet payments through the gateway of a Standalone: POST /api/payments, then GET ?wait=10s until it has ended. First with so
        many callers, each with one payment on its way; then at a tenth of that rate, begun on time whether or not earlier ones have
        ended; then, without the platform, pgbench's TPC-B on the same PostgreSQL. At the end every wallet is checked to the cent.

          --callers 64           concurrent callers (1 to 4096)
          --wallets 1000         wallets that pay each other (2 to 100000)
          --warmup 10            seconds before measuring (0 to 600)
          --seconds 20           seconds of the first and the second measurement (1 to 600)
          --pgbench-scale 10     pgbench -s (1 to 1000)
          --pgbench-seconds 20   pgbench -T; 0 leaves pgbench out (0 to 600)
          --keep-log <file>      where to leave the platform's log

        """;
}
