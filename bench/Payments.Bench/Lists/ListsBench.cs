using BrowserTests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Npgsql;
using Payments.Bench.Consoles;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.Bench.WalletPayments;
using Payments.EventStore.Postgres;

namespace Payments.Bench.Lists;

/// <summary>How long the console's lists take to open, and how they scroll, when the store is full: beside an almost empty one.</summary>
internal static class ListsBench
{
    private const int Seed = 20_260_131;
    private const int Wallets = 50;
    private const int PaymentCount = 300;
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan RebuiltWithin = TimeSpan.FromMinutes(5);

    public static Task<int> RunAsync(ListsOptions options, CancellationToken cancel) => Bounded.RunAsync(
        Max,
        async bounded =>
        {
            try
            {
                await MeasureAsync(options, bounded);
            }
            catch (PlaywrightException trouble)
            {
                throw new NoResultException($"There is no result: {trouble.Message}");
            }
        },
        cancel);

    private static async Task MeasureAsync(ListsOptions options, CancellationToken cancel)
    {
        var to = System.Console.Out;
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, to, cancel);
        Progress.Step("starting the platform");
        await using var standalone = await StandaloneProcess.StartAsync(
            server, StandaloneProcess.LogOf(server), cancel, $"--Operators:FirstAdminPassword={Operator.OneTimePassword}");
        await Operator.TakeAccountAsync(standalone.Gateway, cancel);
        using var api = new PaymentsApi(standalone.Gateway);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString("wallets"));
        await using var log = new PostgresEventStore("wallets", database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        var store = new LongStore(database, log);

        Progress.Step($"{PaymentCount} payments");
        var bank = await Bank.OpenAsync(api, Wallets, cancel);
        var random = new Random(Seed);
        for (var payment = 0; payment < PaymentCount; payment++)
            await Attempt.MakeAsync(api, bank.NextTransfer(random), Guid.NewGuid(), 0, cancel);
        await store.FillDeadLettersAsync(LongStore.Groups, cancel);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var page = await Operator.SignInAsync(browser, standalone.Console);
        var few = await RoundsAsync("almost empty", page, standalone.Console, options.Rounds, cancel);

        Progress.Step($"filling in {options.DeadLetters:N0} dead letters");
        await store.FillDeadLettersAsync(options.DeadLetters, cancel);
        Progress.Step($"filling in {options.Events:N0} events");
        await store.FillEventsAsync(options.Events, cancel);
        Progress.Step("rebuilding the wallets from them");
        await api.RebuildAsync("wallets", "wallets", RebuiltWithin, cancel);
        await server.CheckpointAsync(cancel);
        var many = await RoundsAsync("full", page, standalone.Console, options.Rounds, cancel);
        standalone.MustRun();

        Progress.Clear();
        to.WriteLine(
            $"Milliseconds from the address to the first row, {options.Rounds} times each: {LongStore.Groups} dead letters and some " +
            $"thousand events; then {options.DeadLetters:N0} and {options.Events:N0} more");
        to.WriteLine();
        var table = new Table("page", "few p50", "max", "many p50", "max", "ratio", "frame p50", "p99", "frames", "blank");
        foreach (var list in ListPage.All)
        {
            var (a, b) = (few[list], many[list]);
            table.Add(
                list.Name, Median(a.Opened), a.Opened.Max(), Median(b.Opened), b.Opened.Max(), Median(b.Opened) / Median(a.Opened),
                Median(b.Frames), At(b.Frames, 0.99), b.Frames.Count, b.Blank);
        }

        table.Print(to);
        to.WriteLine();
        to.WriteLine("Frames are of scrolling down the full list, in milliseconds; blank are those with no row at the lower edge.");
    }

    private static async Task<Dictionary<ListPage, Seen>> RoundsAsync(
        string what, IPage page, Uri console, int rounds, CancellationToken cancel)
    {
        var seen = ListPage.All.ToDictionary(list => list, _ => new Seen());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var list in ListPage.All)
            {
                cancel.ThrowIfCancellationRequested();
                Progress.Step($"{what}, {(round == 0 ? "warming up" : $"round {round} of {rounds}")}: {list.Name}");
                var opened = await list.OpenAsync(page, console);
                var (frames, blank) = await list.ScrollAsync(page);
                if (round > 0)
                    seen[list].Add(opened, frames, blank);
            }
        }

        return seen;
    }

    private static double Median(IReadOnlyList<double> figures) => At(figures, 0.5);

    private static double At(IReadOnlyList<double> figures, double part) =>
        figures.Count == 0 ? double.NaN : figures.Order().ElementAt((int)Math.Min(figures.Count - 1, figures.Count * part));

    private sealed class Seen
    {
        public List<double> Opened { get; } = [];

        public List<double> Frames { get; } = [];

        public int Blank { get; private set; }

        public void Add(double opened, double[] frames, int blank)
        {
            Opened.Add(opened);
            Frames.AddRange(frames);
            Blank += blank;
        }
    }
}
