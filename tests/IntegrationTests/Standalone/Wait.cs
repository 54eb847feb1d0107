using System.Diagnostics;

namespace IntegrationTests.Standalone;

internal static class Wait
{
    public static async Task UntilAsync(Func<bool> condition, TimeSpan deadline, Func<string>? explain = null)
    {
        var waiting = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waiting.Elapsed < deadline, $"Not so within {deadline.TotalSeconds} s. {explain?.Invoke()}");
            await Task.Delay(20);
        }
    }
}
