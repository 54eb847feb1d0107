using Microsoft.Extensions.Logging;

namespace UnitTests.Messaging;

/// <summary>Keeps, of each line that is logged, what its scopes say.</summary>
internal sealed class ScopedLog : ILogger
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    public List<Dictionary<string, object?>> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = new Dictionary<string, object?>();
        _scopes.ForEachScope(
            static (scope, said) =>
            {
                foreach (var (name, value) in (IEnumerable<KeyValuePair<string, object?>>)scope!)
                {
                    said[name] = value;
                }
            },
            line);
        Lines.Add(line);
    }
}
