namespace SimulationTests.Worlds;

/// <summary>
/// The process that was at work has ended. No handler of ours may take it for a fault of a message: cancellation is none.
/// </summary>
internal sealed class Crashed() : OperationCanceledException("The process ends here.");
