namespace Payments.Standalone;

/// <summary>Quiet when things go as they should: a line is printed only where a person would begin to wonder.</summary>
internal static class ReportIfSlow
{
    private static readonly TimeSpan WorthALine = TimeSpan.FromSeconds(1);

    /// <summary>Says <paramref name="line"/> once if the work is not done within a second.</summary>
    public static async Task<T> RunAsync<T>(Action<string> progress, string line, Task<T> work)
    {
        using var done = new CancellationTokenSource();
        var aSecond = Task.Delay(WorthALine, TimeProvider.System, done.Token);
        if (await Task.WhenAny(work, aSecond) == aSecond)
            progress(line);
        await done.CancelAsync();
        return await work;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(Action<string> progress, string line, Task work) => RunAsync(progress, line, WithResult(work));

    private static async Task<bool> WithResult(Task work)
    {
        await work;
        return true;
    }
}
