using System.Globalization;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Proving;

namespace Payments.Tools.Verifying;

/// <summary>What to verify, prove or check; see <see cref="Usage"/>.</summary>
internal sealed record VerifyOptions
{
    public const string Usage = """
        Usage: ./payments verify [options]
               ./payments verify --proof <event> [--log <name>] [--up-to <seal>]  > proof.json
               ./payments verify --check <proof.json> [--seal <hash>]

        Checks the event logs of payments, wallets and sagas against their seals, and names the first event that was changed, is missing
        or was inserted behind the platform's back. It may be running; if it is not, its PostgreSQL is started for as long as this takes.
        Exit code: 0 all well, 1 something was found, 2 it could not be checked.

          --log <name>           only payments, wallets or sagas
          --connection <string>  this one database instead of those in the data folder (PAYMENTS_DATA_DIR) or in PAYMENTS_POSTGRES
          --expect <n>:<hash>    a seal that was noted earlier, for one log; may be repeated. Whoever writes events and seals anew,
                                 consistently, cannot make that hash again. Note the one that is printed, somewhere else.
          --json                 the outcome as JSON

          --proof <event>        a proof that an event is in its log: <position>, <stream>/<version> such as wallet/0198…/7, or its id
          --up-to <seal>         the proof leads to the seal with this number; otherwise to the one that first covers the event

          --check <file>         checks a proof, without any database
          --seal <hash>          the seal that the proof must lead to, as it was noted

        """;

    public string? Log { get; private init; }

    public string? Connection { get; private init; }

    public IReadOnlyList<SealMark> Expected { get; private init; } = [];

    public bool Json { get; private init; }

    /// <summary>The event to prove; null when nothing is to be proven.</summary>
    public EventAddress? Proof { get; private init; }

    public long? UpTo { get; private init; }

    /// <summary>The file with the proof to check; null when none is.</summary>
    public string? Check { get; private init; }

    public string? Seal { get; private init; }

    /// <exception cref="BadArgumentException">An argument that means nothing, or not together with another.</exception>
    public static VerifyOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, ["--log", "--connection", "--expect", "--proof", "--up-to", "--check", "--seal"], ["--json"]);
        var options = new VerifyOptions
        {
            Log = arguments.Text("--log"),
            Connection = arguments.Text("--connection"),
            Expected = [.. arguments.All("--expect").Select(Mark)],
            Json = arguments.Has("--json"),
            Proof = arguments.Text("--proof") is { } address ? Address(address) : null,
            UpTo = arguments.Number("--up-to", min: 1),
            Check = arguments.Text("--check"),
            Seal = arguments.Text("--seal"),
        };
        var isOneLog = options.Log is not null || options.Connection is not null;
        if (options.Expected.Count > 0 && !isOneLog)
            throw new BadArgumentException("--expect is about one log: name it with --log.");
        if (options.Proof is EventAddress.AtPosition && !isOneLog)
            throw new BadArgumentException("Every log has that position: name one with --log.");
        if (options.UpTo is not null && options.Proof is null)
            throw new BadArgumentException("--up-to goes with --proof.");
        if (options.Seal is not null && options.Check is null)
            throw new BadArgumentException("--seal goes with --check.");
        return options;
    }

    private static SealMark Mark(string text) =>
        SealMark.TryParse(text, out var mark)
            ? mark!
            : throw new BadArgumentException($"--expect takes <number>:<64 hexadecimal digits>, not '{text}'.");

    private static EventAddress Address(string text)
    {
        if (Number(text) is { } position)
            return new EventAddress.AtPosition(position);
        if (Guid.TryParse(text, out var id))
            return new EventAddress.WithId(id);
        var slash = text.LastIndexOf('/');
        try
        {
            if (slash > 0 && Number(text[(slash + 1)..]) is { } version)
                return new EventAddress.InStream(StreamId.Parse(text[..slash]), version);
        }
        catch (Exception mistake) when (mistake is FormatException or ArgumentException)
        {
            // Said below.
        }

        throw new BadArgumentException($"--proof takes a position, <stream>/<version> or the id of an event, not '{text}'.");

        static long? Number(string digits) =>
            long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }
}
