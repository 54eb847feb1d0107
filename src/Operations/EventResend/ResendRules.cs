using Microsoft.AspNetCore.Http;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.EventResend;

/// <summary>What a request for a replay must be like.</summary>
internal static class ResendRules
{
    public const int RateDefault = 100;
    private const int RateMax = 10_000;

    private static readonly IReadOnlyList<string> Consumers =
        [.. PlatformTopics.All.SelectMany(topic => topic.Readers).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The answer that says what is wrong; null when all is well.</summary>
    public static IResult? Check(ReplayRequest? request) => request switch
    {
        null => Problems.Invalid("filter", "The body must be a JSON object with a filter."),
        { Filter: { StreamId: null, Types: null, CorrelationId: null, FromPosition: null, ToPosition: null } } =>
            Problems.Invalid("filter", "Must name a stream, types, a correlation or positions: a whole log is not replayed by mistake."),
        { Filter.StreamId: { } stream } when !IsStream(stream) =>
            Problems.Invalid("filter.streamId", "Must be a stream such as wallet/0198c0de-…"),
        { Filter.Types: { } types } when types.Count is 0 or > ReplayFilter.TypesMax || types.Any(string.IsNullOrWhiteSpace) =>
            Problems.Invalid("filter.types", $"Must be 1 to {ReplayFilter.TypesMax} stored names."),
        { Filter.FromPosition: < 1 } => Problems.Invalid("filter.fromPosition", "Must be 1 or more."),
        { Filter: { ToPosition: { } to } filter } when to < (filter.FromPosition ?? 1) =>
            Problems.Invalid("filter.toPosition", "Must not be before the first position."),
        { To.Consumer: { } consumer } when !Consumers.Contains(consumer) =>
            Problems.Invalid("to.consumer", $"Must be one of {string.Join(", ", Consumers)}."),
        { RatePerSecond: < 1 or > RateMax } => Problems.Invalid("ratePerSecond", $"Must be 1 to {RateMax}."),
        _ => null,
    };

    private static bool IsStream(string text)
    {
        try
        {
            StreamId.Parse(text);
            return true;
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            return false;
        }
    }
}
