using Payments.Domain.Sagas;

namespace Payments.SagaService.Sagas;

/// <summary>How long sagas wait, in milliseconds, from the configuration section <c>Sagas:Timeouts</c>.</summary>
public sealed record SagaTimeoutOptions
{
    public const string Section = "Sagas:Timeouts";

    // A hold lives for a week: every wait, with its repeats and pauses, must be far shorter.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly SagaTimeouts Usual = new();

    public int HoldMs { get; init; } = (int)Usual.Hold.TotalMilliseconds;

    public int WalletMs { get; init; } = (int)Usual.Wallet.TotalMilliseconds;

    public int AuthoriseMs { get; init; } = (int)Usual.Authorise.TotalMilliseconds;

    public int CardMs { get; init; } = (int)Usual.Card.TotalMilliseconds;

    public int RefusalPauseMs { get; init; } = (int)Usual.RefusalPause.TotalMilliseconds;

    /// <exception cref="InvalidOperationException">One of them is not from 1 ms to an hour.</exception>
    public static SagaTimeouts From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<SagaTimeoutOptions>() ?? new SagaTimeoutOptions();
        return new SagaTimeouts
        {
            Hold = Checked(nameof(HoldMs), options.HoldMs),
            Wallet = Checked(nameof(WalletMs), options.WalletMs),
            Authorise = Checked(nameof(AuthoriseMs), options.AuthoriseMs),
            Card = Checked(nameof(CardMs), options.CardMs),
            RefusalPause = Checked(nameof(RefusalPauseMs), options.RefusalPauseMs),
        };
    }

    private static TimeSpan Checked(string name, int milliseconds) => milliseconds >= 1 && milliseconds <= Longest.TotalMilliseconds
        ? TimeSpan.FromMilliseconds(milliseconds)
        : throw new InvalidOperationException($"{Section}:{name} is {milliseconds}: must be from 1 to {Longest.TotalMilliseconds}.");
}
