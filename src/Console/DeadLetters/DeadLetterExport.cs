using System.Globalization;
using System.Text;
using System.Text.Json;
using Payments.Console.Gateway;
using Payments.Contracts.DeadLetters;

namespace Payments.Console.DeadLetters;

/// <summary>
/// <c>GET /exports/dead-letters?format=csv|json&amp;service=…</c> with the filters of the page: what fits, as a file, as it is read.
/// </summary>
internal static class DeadLetterExport
{
    private const int PageSize = 500;
    private const int CountMax = 100_000;

    private static readonly string[] Columns =
    [
        "service", "id", "status", "messageType", "messageId", "correlationId", "routingKey", "topic", "partition", "offset", "amountMinor",
        "currency", "attempts", "waiting", "firstFailedAt", "lastFailedAt", "errorType", "error",
    ];

    public static void MapExports(this WebApplication app) => app.MapGet("/exports/dead-letters", HandleAsync);

    /// <summary>A file's address with the filters of the page.</summary>
    public static string Address(DeadLetterQuery query, string format) => query.Address("exports/dead-letters", ("format", format));

    private static async Task HandleAsync(HttpContext context, GatewayClient gateway, TimeProvider clock)
    {
        var query = DeadLetterQuery.Read(
            $"{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}{context.Request.QueryString}");
        var asJson = context.Request.Query["format"] == "json";
        var now = clock.GetUtcNow();
        var name = string.Create(CultureInfo.InvariantCulture, $"dead-letters-{now:yyyyMMdd-HHmmss}.{(asJson ? "json" : "csv")}");
        context.Response.ContentType = asJson ? "application/json" : "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: !asJson));
        await writer.WriteAsync(asJson ? "[" : string.Join(',', Columns) + "\r\n");
        var first = true;
        await foreach (var (service, letter) in ReadAsync(gateway, query, now, context.RequestAborted))
        {
            await writer.WriteAsync(asJson ? (first ? "\n" : ",\n") + JsonOf(service, letter) : CsvOf(service, letter));
            first = false;
        }

        await writer.WriteAsync(asJson ? "\n]\n" : "");
    }

    // What cannot be read ends the answer before its end, so that nobody takes a part for the whole.
    private static async IAsyncEnumerable<(string Service, DeadLetterView Letter)> ReadAsync(
        GatewayClient gateway,
        DeadLetterQuery query,
        DateTimeOffset now,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var count = 0;
        foreach (var service in DeadLetterQuery.Services.Where(query.Covers))
        {
            string? after = null;
            do
            {
                var path = DeadLetterPaths.List(service, query, now, status: null, after, PageSize);
                var page = await gateway.GetAsync<DeadLetterPage>(path, cancel);
                var found = page.Value ?? throw new IOException(page.Trouble!.Message);
                foreach (var letter in found.Items)
                {
                    yield return (service, letter);
                }

                (after, count) = (found.Next, count + found.Items.Count);
            }
            while (after is not null && count < CountMax);
        }
    }

    private static string JsonOf(string service, DeadLetterView letter)
    {
        var node = JsonSerializer.SerializeToNode(letter, GatewayJson.Default.DeadLetterView)!.AsObject();
        node.Insert(0, "service", service);
        return node.ToJsonString();
    }

    private static string CsvOf(string service, DeadLetterView letter) => string.Join(
        ',',
        new object?[]
        {
            service, letter.Id, letter.Status, letter.MessageType, letter.MessageId, letter.CorrelationId, letter.RoutingKey, letter.Topic,
            letter.Partition, letter.Offset, letter.Amount, letter.Currency, letter.Attempts, letter.Waiting, letter.FirstFailedAt,
            letter.LastFailedAt, letter.ErrorType, letter.Error,
        }.Select(Cell)) + "\r\n";

    /// <summary>RFC 4180; and what a spreadsheet would take for a formula is text (CWE-1236).</summary>
    internal static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            DateTimeOffset at => at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
        if (value is string && text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(',', '"', '\n') || text.Contains('\r', StringComparison.Ordinal)
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }
}
