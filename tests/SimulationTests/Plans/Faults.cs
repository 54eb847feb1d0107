namespace SimulationTests.Plans;

/// <summary>What may go wrong in a world. Each can be left out, to find what a failure needs.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>The database gives no answer: before it stored a unit, or after.</summary>
    StoreTrouble = 1,

    /// <summary>A process ends: before it stored something, after, or between two steps.</summary>
    Crashes = 2,

    /// <summary>The broker forgets all messages.</summary>
    BrokerLoss = 4,

    /// <summary>Partitions go to other instances; the one that lost them may not know it yet.</summary>
    Rebalances = 8,

    /// <summary>Something stands still for seconds or minutes: deadlines pass meanwhile.</summary>
    Stalls = 16,

    /// <summary>The card processor is down, slow, declines, answers 500, or is not heard though it acted.</summary>
    Processor = 32,

    /// <summary>Operators retry, compensate and complete sagas.</summary>
    Operators = 64,

    /// <summary>Messages that nobody can read.</summary>
    Poison = 128,

    /// <summary>Consumers read again what they have read.</summary>
    Rewinds = 256,

    /// <summary>Relays end and start again from their checkpoint: they send again what they had sent.</summary>
    RelayCrashes = 512,

    /// <summary>Consumers fail on messages that are all right, for a while.</summary>
    Handling = 1_024,

    All = 2_047,
}
