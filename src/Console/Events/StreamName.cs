using Payments.Console.Text;

namespace Payments.Console.Events;

/// <summary>A stream's name in its parts, and where the console shows it.</summary>
/// <param name="Type">wallet, payment or saga.</param>
/// <param name="Key">Mostly an id.</param>
public sealed record StreamName(string Type, string Key)
{
    /// <summary>Null when it is no name of a stream.</summary>
    public static StreamName? Parse(string text) =>
        text.Split('/', 2) is [{ Length: > 0 } type, { Length: > 0 } key] ? new(type, key) : null;

    public Guid? Id => Guid.TryParseExact(Key, "D", out var id) ? id : null;

    /// <summary>What follows the type, short.</summary>
    public string ShortKey => Id is { } id ? Figures.ShortId(id) : Key;

    /// <summary>The page of what the stream is about; null when there is none.</summary>
    public string? Page => (Type, Id) switch
    {
        ("payment", { } id) => $"payments/{id:D}",
        ("wallet", { } id) => $"wallets/{id:D}",
        ("saga", { } id) => $"sagas/{id:D}",
        _ => null,
    };

    /// <summary>The page of the stream itself.</summary>
    public static string Address(string service, string stream, long? version = null) =>
        $"streams/{service}/{string.Join('/', stream.Split('/').Select(Uri.EscapeDataString))}" + (version is { } v ? $"?v={v}" : "");

    public override string ToString() => $"{Type}/{Key}";
}
