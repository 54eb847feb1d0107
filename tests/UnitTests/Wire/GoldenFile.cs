using System.Text.Json.Nodes;

namespace UnitTests.Wire;

/// <summary>The JSON of each stored name as it was first written. History is full of it: these files are added to, never changed.</summary>
internal static class GoldenFile
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Wire", "Golden");

    public static string[] Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal),
    ];

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    public static JsonObject Json(string name) => JsonNode.Parse(Bytes(name))!.AsObject();

    public static TheoryData<string> Theory() => [.. Names];
}
