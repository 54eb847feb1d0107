namespace Payments.Bench.Machine;

/// <summary>An empty folder that goes when it is disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("payments-bench-start-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
