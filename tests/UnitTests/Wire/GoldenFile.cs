using System.Globalization;
using System.Text.Json.Nodes;

namespace UnitTests.Wire;

/// <summary>The JSON of each schema version of each stored name as first written. History is full of it: added to, never changed.</summary>
/// <remarks>
/// <c>name.json</c> is schema version 1, <c>name@2.json</c> the second, <c>name@2+card.json</c> another form of the second.
/// </remarks>
internal sealed record GoldenFile(string Key, string Name, int Schema)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Wire", "Golden");

    public static IReadOnlyList<GoldenFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.json").Select(file => Of(Path.GetFileNameWithoutExtension(file)))
            .OrderBy(file => file.Key, StringComparer.Ordinal),
    ];

    /// <summary>By the name of the file without <c>.json</c>.</summary>
    public static GoldenFile Of(string key)
    {
        var parts = key.Split('+')[0].Split('@');
        return new GoldenFile(key, parts[0], parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public static TheoryData<string> Theory() => [.. All.Select(file => file.Key)];

    public byte[] Bytes() => File.ReadAllBytes(Path.Combine(Folder, Key + ".json"));

    public JsonObject Json() => JsonNode.Parse(Bytes())!.AsObject();

    public override string ToString() => Key;
}
