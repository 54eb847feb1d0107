using Payments.EventStore.Contract;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Another member of the group has come further with the same messages: nothing was stored, and the watermarks are read anew.
/// </summary>
internal sealed class WatermarkMovedException(AppendResult.WatermarkMoved moved)
    : Exception($"Wanted {moved.Wanted.From}, found {moved.Actual}.");
