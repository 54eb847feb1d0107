using System.Globalization;
using System.Text.Json.Nodes;

namespace UnitTests.Wire;

/// <summary>The JSON of each schema version of each stored name as it was first written. History is full of it: these files are added to, never changed.</summary>
/// <remarks><c>name.json</c> is schema version 1, <c>name@2.json</c> the second.</remarks>
internal static class GoldenFile
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Wire", "Golden");

    private static readonly string[] Files =
    [
        .. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Each name and schema version that was ever stored.</summary>
    public static IReadOnlyList<(string Name, int Schema)> Versions { get; } =
    [
        .. Files.Select(file => file.Split('@')).Select(parts => (parts[0], parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture))),
    ];

    public static string[] Names { get; } = [.. Versions.Select(v => v.Name).Distinct()];

    public static byte[] Bytes(string name, int schema = 1) =>
        File.ReadAllBytes(Path.Combine(Folder, (schema == 1 ? name : $"{name}@{schema}") + ".json"));

    public static JsonObject Json(string name, int schema = 1) => JsonNode.Parse(Bytes(name, schema))!.AsObject();

    public static TheoryData<string> Theory() => [.. Names];
}
