using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;

namespace UnitTests.CardProcessor;

/// <summary>Books in memory, with ids and times that count up, and short words for what is asked of them.</summary>
internal sealed class BooksScenario
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private int _steps;
    private int _keys;

    public AuthorisationLedger Books { get; } = new();

    /// <summary>The id of the n-th authorisation, from 1.</summary>
    public static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    public Reply Execute(ProcessorRequest request, RequestFaults? faults = null) =>
        Books.Execute(request, Start.AddSeconds(_steps++), Id(Books.Authorisations.Count + 1), faults);

    public Operation Entered(ProcessorRequest request, RequestFaults? faults = null) =>
        Assert.IsType<Reply.Answer>(Execute(request, faults)).Operation;

    public Operation Authorise(long amount, string token = CardTokens.Ok, string? key = null) =>
        Entered(new ProcessorRequest.Authorise(key ?? Key(), token, amount, "EUR"));

    public Operation Capture(long amount, string? currency = null, int of = 1) =>
        Entered(new ProcessorRequest.Capture(Key(), Id(of), amount, currency));

    public Operation Refund(long amount, string? currency = null, int of = 1) =>
        Entered(new ProcessorRequest.Refund(Key(), Id(of), amount, currency));

    public Operation Void(int of = 1) => Entered(new ProcessorRequest.Void(Key(), Id(of)));

    public Operation Reverse(string key) => Entered(new ProcessorRequest.Reverse(Key(), key));

    public string Key() => $"key-{++_keys}";
}
