using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Has something pure done with one message, and again at once when it fails: what it throws in the end is that message's failure.
/// </summary>
internal static class InPlace
{
    /// <returns>What came of it; or the failure, to be recorded with the message.</returns>
    public static (T? Value, Failure? Failure) Try<T>(int triesMax, Func<T?> work)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return (work(), null);
            }
            catch (Exception bad)
            {
                var failure = Failure.Of(bad);
                if (failure.IsPoison || tries >= triesMax)
                {
                    return (null, failure);
                }
            }
        }
    }
}
