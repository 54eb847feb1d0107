using SimulationTests.Plans;

namespace SimulationTests.Clients;

/// <summary>One operation of the script on its way: asked for, perhaps again and again, until an answer is heard.</summary>
internal sealed class Request(Operation operation, DateTimeOffset at)
{
    public Operation Operation => operation;

    /// <summary>When it is asked for, or asked for again.</summary>
    public DateTimeOffset At { get; set; } = at;

    public Answer? Answer { get; set; }

    /// <summary>What it is about, and how much: chosen when it is first asked for, and the same whenever it is repeated.</summary>
    public (Guid Id, long Minor)? Subject { get; set; }

    /// <summary>How often it was put off, waiting for something that it can be about.</summary>
    public int PutOff { get; set; }

    /// <summary>Its effect carries its reference, so that effects can be counted.</summary>
    public bool Counts { get; set; }

    /// <summary>What it does to a wallet's balance by itself, once it is done.</summary>
    public (Guid Wallet, long Minor) Effect { get; set; }
}

/// <summary>What a client was told: kept with the idempotency key, and told again.</summary>
/// <param name="Code">Null: done.</param>
internal sealed record Answer(string? Code, Guid Id)
{
    public bool IsDone => Code is null;

    public string Text => Code ?? "done";

    /// <summary>There was nothing to ask for.</summary>
    public static readonly Answer Nothing = new("nothing", Guid.Empty);
}
