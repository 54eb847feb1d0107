namespace Payments.Bench;

/// <summary>What <c>--help</c> says.</summary>
internal static class Usage
{
    public const string All = """
        Usage: ./payments bench <name> [options]

          appends    durable event appends a second: the event store beside a plain one and Emmett
          sealing    the same appends with tamper evidence being written behind them, beside without
          loads      how long it takes to load a wallet of many events, with a snapshot and without, beside the same
          payments   wallet payments a second over HTTP, all services: beside pgbench's TPC-B
          failing-user   latency of other users' payments while a consumer fails on all messages of one: beside before and after
          consoles   wallet payments with many consoles open beside none
          lists      how long the console's lists take to open when the store is full: beside an almost empty one
          rebuild    events a second: a projection rebuilt from the log, and the log read and followed
          starts     from the start in an empty folder to the first completed payment: beside the start of a PostgreSQL
          service-calls  calls of a service with one dead or hanging instance, beside service discovery with the standard resilience handler

        Each starts a PostgreSQL of its own in a temporary folder, durable, and measures itself and its peer on it, in one run.
        `./payments bench <name> --help` lists the options. Ctrl-C stops it and leaves nothing behind.

        """;

    public const string Appends = """
        Usage: ./payments bench appends [options]

        Durable appends a second with many concurrent callers, on the event store and on its peers. They take turns on the same server
        with connection pools of the same size; medians of the rounds are shown. The peers:

          plain    two tables and one transaction an append, called as the event store is
          emmett   @event-driven-io/emmett-postgresql in a Node process; without Node, or npm to install it, it is left out

          --callers 1,8,32,128   concurrent callers, each with one append on its way (each 1 to 1024)
          --events 1,10          events in one append (each 1 to 1000)
          --seconds 3            how long one measurement lasts (1 to 300)
          --rounds 3             measurements of each kind (1 to 20)
          --pool 100             connections that each store may open (1 to 250)
          --peers plain,emmett   some of them

        """;

    public const string Loads = """
        Usage: ./payments bench loads [options]

        How long it takes to load a wallet of many events from PostgreSQL, with nothing remembered in the process: from a snapshot and the
        99 events after it, and from all events; on the plain store and with Emmett (see appends) from all events. They take turns.

          --events 100,1000,10000   events before the snapshot (each 1 to 1000000)
          --streams 20              wallets of each size (1 to 1000)
          --rounds 5                loads of each wallet (1 to 100)
          --peers plain,emmett      some of them

        """;

    public const string Sealing = """
        Usage: ./payments bench sealing [options]

        Durable appends a second on the event store, in turns with a sealer at work on the same log and without one: what tamper
        evidence costs those who append. Then what sealing and verifying cost by themselves. Both logs are verified at the end.

          --callers 32           concurrent callers, each with one append on its way (1 to 1024)
          --events 1             events in one append (1 to 1000)
          --seconds 5            how long one measurement lasts (2 to 300)
          --rounds 5             measurements of each kind (1 to 20)

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

    public const string FailingUser = """
        Usage: ./payments bench failing-user [options]

        Wallet payments through the gateway of a Standalone, begun on time whether or not earlier ones have ended: before, while the saga
        service fails on every message of one user who goes on paying, and after. That user's payments are parked, tried again, and end
        once it is over. At the end every wallet is checked to the cent.

          --rate 200             payments a second of all the others (1 to 2000)
          --failing-rate 10      payments a second of the failing user (1 to 200)
          --wallets 1000         wallets that pay each other (3 to 100000)
          --seconds 30           seconds of each of the three (1 to 30)

        """;

    public const string Consoles = """
        Usage: ./payments bench consoles [options]

        Wallet payments through the gateway of a Standalone, in turns with no console open and with many: at full load, then begun on time
        at a rate. The consoles are live pages without a browser, which would cost more than they do: each keeps its circuit open, takes
        what is drawn and acknowledges it. They share the pages that are named. At the end every wallet is checked to the cent.

          --consoles 50          open at once (1 to 500)
          --pages /,/payments,/sagas,/dead-letters,/events,/consumers
                                 what they show
          --callers 64           concurrent callers at full load (1 to 4096)
          --rate 100             payments a second otherwise (1 to 2000)
          --wallets 1000         wallets that pay each other (2 to 100000)
          --seconds 15           how long one measurement lasts (1 to 300)
          --rounds 3             measurements of each kind (1 to 20)

        """;

    public const string Lists = """
        Usage: ./payments bench lists [options]

        How long the console's lists take to open in Chromium, signed in, from the address to the first row, and how long the frames are
        when they are scrolled down: with a few dead letters and events, then with many.

          --dead-letters 100000  of the wallet service (20 to 1000000)
          --events 1000000       more events in its log (1000 to 10000000)
          --rounds 5             how often each is opened (1 to 100)

        """;

    public const string Starts = """
        Usage: ./payments bench starts [options]

        How long it takes from the start of the platform in an empty folder, with a PostgreSQL of its own, until it is ready and until the
        first payment between two new wallets is completed; by turns with the start of a PostgreSQL alone. What is built is not built anew.

          --rounds 5             how often (1 to 100)

        """;

    public const string ServiceCalls = """
        Usage: ./payments bench service-calls [options]

        Calls of a service that has two instances, of which the first is dead or hangs: the platform's client beside Microsoft's service
        discovery with its standard resilience handler. Needs no server.

          --calls 20             of each kind, one after the other (1 to 1000)

        """;

    public const string Rebuild = """
        Usage: ./payments bench rebuild [options]

        Fills a log with events of random streams, then rebuilds a projection (balance and number of events by stream) beside the one that
        serves, and checks it; then reads the log from its beginning, and follows it while it is written to.

          --events 1000000       events in the log (10000 to 100000000)
          --streams 10000        streams that they belong to (100 to 1000000)
          --rounds 3             rebuilds (1 to 20)
          --seconds 5            how long the log is followed (1 to 300)

        """;
}
