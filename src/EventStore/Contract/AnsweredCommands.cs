namespace Payments.EventStore.Contract;

/// <summary>A command that is answered once, whatever the answer is and however often it comes.</summary>
/// <param name="Operation">What it is part of, for example a payment.</param>
/// <param name="Target">The aggregate it goes to.</param>
/// <param name="Act">What it wants there, as stored.</param>
public readonly record struct CommandKey(Guid Operation, Guid Target, string Act);

/// <summary>
/// What a service's tables know of the commands that its aggregates have answered, also those that the states have forgotten.
/// </summary>
public interface IAnsweredCommands
{
    /// <summary>Those of them that were answered for good: done, or refused.</summary>
    Task<IReadOnlyList<CommandKey>> FindAsync(IReadOnlyCollection<CommandKey> commands, CancellationToken cancel);
}

internal static class AnsweredCommands
{
    /// <summary>
    /// The result of an append; where the database rejected it and commands in it were answered before, that is the result.
    /// </summary>
    public static Task<AppendResult> OrAlreadyAnsweredAsync(
        this Task<AppendResult> append, AppendUnit unit, IAnsweredCommands? answered, CancellationToken cancel)
    {
        return unit.Answers.Count == 0 || answered is null ? append : LookAsync();

        async Task<AppendResult> LookAsync()
        {
            try
            {
                return await append;
            }
            catch (StoreRejectedException)
            {
                if (await answered.FindAsync(unit.Answers, cancel) is not { Count: > 0 } before)
                {
                    throw; // It was rejected for something else.
                }

                return new AppendResult.AlreadyAnswered(before);
            }
        }
    }
}
