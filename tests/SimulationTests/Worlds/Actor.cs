namespace SimulationTests.Worlds;

/// <summary>One who does things in a world, a step at a time.</summary>
internal abstract class Actor(World world, string name)
{
    public string Name => name;

    protected World World => world;

    /// <summary>Until then it stands still, whatever there is to do.</summary>
    public DateTimeOffset StalledUntil { get; set; }

    /// <summary>When it has something to do, perhaps in the past; null when nothing but others can give it some.</summary>
    public abstract DateTimeOffset? NextAt { get; }

    public abstract void Step();

    /// <summary>When it can do its next step; null for not before others did theirs.</summary>
    public DateTimeOffset? DueAt => NextAt is { } at ? (at > StalledUntil ? at : StalledUntil) : null;

    /// <summary>All tasks of a world complete at once: there is one thread, and time stands still.</summary>
    public static T Result<T>(Task<T> task)
    {
        Violation.Unless(task.IsCompleted, "A task did not complete at once: something in the world is not simulated.");
        return task.GetAwaiter().GetResult();
    }

    public static void Finish(Task task)
    {
        Violation.Unless(task.IsCompleted, "A task did not complete at once: something in the world is not simulated.");
        task.GetAwaiter().GetResult();
    }
}
