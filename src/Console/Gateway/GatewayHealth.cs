namespace Payments.Console.Gateway;

/// <summary>Whether the gateway answers, as seen by the latest question of any page.</summary>
public sealed class GatewayHealth
{
    private Trouble? _trouble;

    /// <summary>Raised on whatever thread noticed.</summary>
    public event Action? Changed;

    /// <summary>Null while all is well.</summary>
    public Trouble? Trouble => _trouble;

    internal void Report(Trouble? trouble)
    {
        if (Interlocked.Exchange(ref _trouble, trouble) != trouble)
        {
            Changed?.Invoke();
        }
    }
}
