using System.Globalization;
using Payments.Domain;

namespace Payments.SagaService.Sagas;

/// <summary>How a list of sagas is sorted.</summary>
internal enum SagaOrder
{
    Newest,

    /// <summary>Of those that are stuck: the overdue ones first, then the longest waiting.</summary>
    LongestWaiting,

    /// <summary>Of those that are stuck: the largest amounts first.</summary>
    MostAtRisk,
}

/// <summary>
/// Where a page of sagas has ended, by the values that it is sorted by. They are in the cursor: a saga that goes on between two pages takes
/// another place itself, and moves the place of no other.
/// </summary>
internal sealed record SagaPlace(Guid Saga, bool Overdue = false, DateTimeOffset Since = default, decimal Risk = 0)
{
    // Amounts of any currency in ten-thousandths of its main unit: comparable without a rate of exchange, as the console compares them.
    private static readonly string RiskSql = "s.amount::numeric * case " + string.Concat(
        Currency.All.Where(c => c.Exponent != 2).GroupBy(c => c.Exponent).Select(g =>
            $"when s.currency in ({string.Join(", ", g.Select(c => $"'{c.Code}'"))}) then {Factor(g.Key)} ")) +
        $"else {Factor(2)} end";

    public static decimal RiskOf(long amount, string currency) =>
        (decimal)amount * Factor(Currency.TryParse(currency, out var known) ? known.Exponent : 2);

    public static string Sorting(SagaOrder order) => order switch
    {
        SagaOrder.Newest => "s.saga_id desc",
        SagaOrder.LongestWaiting => "not s.overdue, s.waiting_since, s.saga_id",
        SagaOrder.MostAtRisk => $"{RiskSql} desc, s.saga_id desc",
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };

    /// <summary>What comes after it, in SQL. All in it are numbers, ids and moments of ours.</summary>
    public string Following(SagaOrder order) => order switch
    {
        SagaOrder.Newest => $"s.saga_id < '{Saga:D}'",
        SagaOrder.LongestWaiting =>
            "(not s.overdue, s.waiting_since, s.saga_id) > " +
            $"(not {(Overdue ? "true" : "false")}, '{Since.UtcDateTime:O}'::timestamptz, '{Saga:D}')",
        SagaOrder.MostAtRisk => string.Create(CultureInfo.InvariantCulture, $"({RiskSql}, s.saga_id) < ({Risk}::numeric, '{Saga:D}')"),
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };

    public string ToCursor(SagaOrder order) => order switch
    {
        SagaOrder.Newest => $"{Saga:D}",
        SagaOrder.LongestWaiting =>
            string.Create(CultureInfo.InvariantCulture, $"{(Overdue ? "overdue" : "waiting")}_{Since.UtcTicks}_{Saga:D}"),
        SagaOrder.MostAtRisk => string.Create(CultureInfo.InvariantCulture, $"{Risk}_{Saga:D}"),
        _ => throw new ArgumentOutOfRangeException(nameof(order)),
    };

    /// <summary>Null: it is no cursor of a list that is sorted so.</summary>
    public static SagaPlace? Parse(string cursor, SagaOrder order)
    {
        var parts = cursor.Split('_');
        if (!Guid.TryParseExact(parts[^1], "D", out var saga))
        {
            return null;
        }

        return (order, parts) switch
        {
            (SagaOrder.Newest, [_]) => new(saga),
            (SagaOrder.LongestWaiting, ["overdue" or "waiting", var ticks, _])
                when long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var since)
                    && since <= DateTime.MaxValue.Ticks =>
                new(saga, parts[0] == "overdue", new DateTimeOffset(since, TimeSpan.Zero)),
            (SagaOrder.MostAtRisk, [var risk, _])
                when decimal.TryParse(risk, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var atRisk) =>
                new(saga, Risk: atRisk),
            _ => null,
        };
    }

    private static int Factor(int exponent) => (int)Math.Pow(10, 4 - exponent);
}
