using System.Reflection;
using Microsoft.Extensions.Logging;

namespace UnitTests;

/// <summary>The number of a log line says which line it is, in every host and after every change of its words.</summary>
public sealed class LogEventIdTests
{
    [Fact]
    public void Every_log_message_has_an_event_id_of_its_own()
    {
        var messages = Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file) is var name
                && (name.StartsWith("Payments.", StringComparison.Ordinal) || name == "ServiceDefaults.dll"))
            .SelectMany(file => Assembly.LoadFrom(file).GetTypes())
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Name: $"{method.DeclaringType}.{method.Name}", method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(message => message.EventId is not null)
            .ToList();

        Assert.True(messages.Count > 80, $"Only {messages.Count} log messages.");
        Assert.Equal([], messages.Where(message => message.EventId < 1).Select(message => message.Name));
        Assert.Equal(
            [],
            messages.GroupBy(message => message.EventId).Where(group => group.Count() > 1)
                .Select(group => $"{group.Key}: {string.Join(", ", group.Select(message => message.Name))}"));
    }
}
