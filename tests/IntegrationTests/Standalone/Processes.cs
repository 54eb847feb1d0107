using System.Globalization;

namespace IntegrationTests.Standalone;

/// <summary>The processes of this machine, by what stands in their arguments.</summary>
internal static class Processes
{
    public static IReadOnlyList<int> Mentioning(string text) =>
    [
        .. from folder in Directory.GetDirectories("/proc")
           let name = Path.GetFileName(folder)
           where name.All(char.IsAsciiDigit) && int.Parse(name, CultureInfo.InvariantCulture) != Environment.ProcessId
           where ArgumentsIn(folder).Contains(text, StringComparison.Ordinal)
           select int.Parse(name, CultureInfo.InvariantCulture),
    ];

    private static string ArgumentsIn(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "cmdline"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
