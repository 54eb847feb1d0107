namespace IntegrationTests;

/// <summary>Files of the repository that are not beside the tests.</summary>
internal static class Repository
{
    /// <summary>The path of a file or folder that is given from the root of the repository.</summary>
    public static string Find(string path)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, path)))
            {
                return Path.Combine(folder, path);
            }
        }

        throw new FileNotFoundException($"There is no {path} above {AppContext.BaseDirectory}.");
    }
}
