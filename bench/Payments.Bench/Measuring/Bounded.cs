namespace Payments.Bench.Measuring;

/// <summary>A run that ends in any case, and leaves room for what is printed after it.</summary>
internal static class Bounded
{
    /// <exception cref="NoResultException">It took longer than that.</exception>
    public static async Task<int> RunAsync(TimeSpan max, Func<CancellationToken, Task> measure, CancellationToken cancel)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bounded.CancelAfter(max);
        try
        {
            await measure(bounded.Token);
            return 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new NoResultException("It took far too long and was given up.");
        }
        finally
        {
            Progress.Clear();
        }
    }
}
