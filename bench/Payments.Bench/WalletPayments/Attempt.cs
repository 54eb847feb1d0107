using System.Diagnostics;

namespace Payments.Bench.WalletPayments;

/// <summary>One payment as its caller saw it. Times are ticks of <see cref="Stopwatch"/>.</summary>
/// <param name="Begun">When it was due: with callers that wait their turn, when it was sent.</param>
/// <param name="Accepted">When the POST was answered; 0 if it was not.</param>
/// <param name="Ended">When its end was known; 0 if it was not.</param>
/// <param name="Status"><c>completed</c>, <c>failed</c>, or null: unknown, because of <paramref name="Trouble"/>.</param>
internal readonly record struct Attempt(
    Transfer Transfer, Guid Key, long Begun, long Accepted, long Ended, string? Status, string? Trouble)
{
    // Six long polls. A payment that takes longer is stuck.
    private const int PollsMax = 6;

    public bool IsCompleted => Status == "completed";

    /// <summary>POST, then GET until it is final. Never throws but for cancellation: what went wrong is part of the answer.</summary>
    public static async Task<Attempt> MakeAsync(PaymentsApi api, Transfer transfer, Guid key, long begun, CancellationToken cancel)
    {
        var accepted = 0L;
        try
        {
            var location = await api.RequestPaymentAsync(transfer, key, cancel);
            accepted = Stopwatch.GetTimestamp();
            for (var poll = 1; poll <= PollsMax; poll++)
            {
                var status = await api.AwaitPaymentAsync(location, cancel);
                if (status != "pending")
                    return new Attempt(transfer, key, begun, accepted, Stopwatch.GetTimestamp(), status, null);
            }

            return new Attempt(transfer, key, begun, accepted, 0, null, "still pending after a minute");
        }
        catch (Exception trouble) when (trouble is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return new Attempt(transfer, key, begun, accepted, 0, null, trouble.Message);
        }
    }
}
