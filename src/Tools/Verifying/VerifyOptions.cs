using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Payments.EventStore.Contract;
using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Proving;

namespace Payments.Tools.Verifying;

/// <summary>What to verify, prove or check; null where it is not asked for.</summary>
/// <param name="Proof">The event to prove.</param>
/// <param name="Check">The file with the proof to check.</param>
internal sealed record VerifyOptions(
    string? Log,
    string? Connection,
    IReadOnlyList<SealMark> Expected,
    bool Json,
    EventAddress? Proof,
    long? UpTo,
    string? Check,
    string? Seal)
{
    public static Command Command(Func<VerifyOptions, CancellationToken, Task<int>> run)
    {
        var log = Logs.LogOption();
        var connection = Logs.ConnectionOption();
        var expect = new Option<SealMark[]>("--expect")
        {
            HelpName = "n:hash",
            Description = "a seal that was noted earlier, for one log; may be repeated. Whoever writes events and seals anew, "
                + "consistently, cannot make that hash again. Note the one that is printed, somewhere else.",
            CustomParser = Marks,
        };
        var json = new Option<bool>("--json") { Description = "the outcome as JSON" };
        var proof = new Option<EventAddress?>("--proof")
        {
            Description = "a proof that an event is in its log: <position>, <stream>/<version> such as wallet/0198…/7, or its id",
            CustomParser = Address,
        };
        var upTo = new Option<long?>("--up-to")
        {
            Description = "the proof leads to the seal with this number; otherwise to the one that first covers the event",
            CustomParser = SealNumber,
        };
        var check = new Option<string?>("--check") { Description = "checks a proof, without any database" };
        var seal = new Option<string?>("--seal") { Description = "the seal that it must lead to, as it was noted" };
        var command = new Command("verify", """
            Checks the event logs against their seals; makes and checks proofs.

            Names the first event of payments, wallets or sagas that was changed, is missing or was inserted behind the platform's back. It
            may be running; if it is not, its PostgreSQL is started for as long as this takes. A proof goes to standard output:
              ./payments verify --proof <event> [--log <name>] [--up-to <seal>]  > proof.json
              ./payments verify --check <proof.json> [--seal <hash>]
            Exit code: 0 all well, 1 something was found, 2 it could not be checked.
            """) { log, connection, expect, json, proof, upTo, check, seal };
        command.Validators.Add(given =>
        {
            var isOneLog = given.GetResult(log) is not null || given.GetResult(connection) is not null;
            if (given.GetResult(expect) is not null && !isOneLog)
                given.AddError("--expect is about one log: name it with --log.");
            if (given.GetResult(proof) is { Tokens: [var address] } && Number(address.Value) is not null && !isOneLog)
                given.AddError("Every log has that position: name one with --log.");
            if (given.GetResult(upTo) is not null && given.GetResult(proof) is null)
                given.AddError("--up-to goes with --proof.");
            if (given.GetResult(seal) is not null && given.GetResult(check) is null)
                given.AddError("--seal goes with --check.");
        });
        command.SetAction((parsed, cancel) => run(
            new(parsed.GetValue(log), parsed.GetValue(connection), parsed.GetValue(expect) ?? [], parsed.GetValue(json),
                parsed.GetValue(proof), parsed.GetValue(upTo), parsed.GetValue(check), parsed.GetValue(seal)), cancel));
        return command;
    }

    private static SealMark[] Marks(ArgumentResult result)
    {
        var marks = new List<SealMark>();
        foreach (var token in result.Tokens)
        {
            if (SealMark.TryParse(token.Value, out var mark))
                marks.Add(mark!);
            else
                result.AddError($"--expect takes <number>:<64 hexadecimal digits>, not '{token.Value}'.");
        }

        return [.. marks];
    }

    private static EventAddress? Address(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
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

        result.AddError($"--proof takes a position, <stream>/<version> or the id of an event, not '{text}'.");
        return null;
    }

    private static long? SealNumber(ArgumentResult result)
    {
        var number = Number(result.Tokens[0].Value);
        if (number is null)
            result.AddError($"--up-to must be a whole number from 1 on, not '{result.Tokens[0].Value}'.");
        return number;
    }

    private static long? Number(string digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
