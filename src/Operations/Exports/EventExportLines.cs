using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Payments.Operations.Exports;

/// <summary>Writes events as lines: JSON objects, or RFC 4180 with a head line and the data as JSON in its last column.</summary>
/// <param name="log">The log that they come from.</param>
internal sealed class EventExportLines(PipeWriter output, string log, bool asCsv) : IAsyncDisposable
{
    private const string Head = "log,position,recordedAt,stream,version,eventId,type,schema,correlationId,causationId,actor,data\r\n";

    /// <summary>Sent on when so much has come together.</summary>
    private const int FlushBytes = 32 * 1024;

    private static readonly JsonWriterOptions Bare = new() { SkipValidation = true };

    private bool _begun;

    public async ValueTask WriteAsync(AuditRow row, CancellationToken cancel)
    {
        Begin();
        if (asCsv)
        {
            Encoding.UTF8.GetBytes(Csv(row), output);
        }
        else
        {
            WriteJson(row);
        }

        if (output.UnflushedBytes > FlushBytes)
        {
            await output.FlushAsync(cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Begin();
        await output.FlushAsync();
    }

    private void Begin()
    {
        if (!_begun && asCsv)
        {
            Encoding.UTF8.GetBytes(Head, output);
        }

        _begun = true;
    }

    private void WriteJson(AuditRow row)
    {
        using (var json = new Utf8JsonWriter(output, Bare))
        {
            json.WriteStartObject();
            json.WriteString("log", log);
            json.WriteNumber("position", row.Position);
            json.WriteString("recordedAt", row.RecordedAt);
            json.WriteString("stream", row.Stream);
            json.WriteNumber("version", row.Version);
            json.WriteString("eventId", row.EventId);
            json.WriteString("type", row.Type);
            json.WriteNumber("schema", row.Schema);
            json.WriteString("correlationId", row.Correlation);
            if (row.Causation is { } causation)
            {
                json.WriteString("causationId", causation);
            }

            json.WriteString("actor", row.Actor);
            json.WritePropertyName("data");
            json.WriteRawValue(row.Data, skipInputValidation: true);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private string Csv(AuditRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{log},{row.Position},{row.RecordedAt:O},{Quoted(row.Stream)},{row.Version},{row.EventId},{row.Type},{row.Schema},"
        + $"{row.Correlation},{row.Causation},{Quoted(row.Actor)},{Quoted(row.Data)}\r\n");

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
