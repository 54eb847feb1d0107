using System.Text.Json;
using Payments.EventStore.Sealing.Proving;

namespace Payments.Tools.Verifying;

/// <summary>Makes proofs of inclusion, and checks them.</summary>
internal static class Proofs
{
    /// <summary>Writes the proof to standard output.</summary>
    public static async Task<int> MakeAsync(Logs logs, EventAddress address, long? upTo, CancellationToken cancel)
    {
        foreach (var (name, database) in logs.Databases)
        {
            try
            {
                if (await new ProofMaker(database).MakeAsync(address, upTo, cancel) is { } proof)
                {
                    System.Console.Out.WriteLine(proof.ToJson());
                    System.Console.Error.WriteLine(
                        $"{name}: {ProofVerifier.Check(proof, noted: null).Mark} is the seal that the proof leads to");
                    return ExitCodes.Well;
                }
            }
            catch (NoProofException none)
            {
                System.Console.Error.WriteLine($"{name}: {none.Message}");
                return ExitCodes.NotDone;
            }
        }

        System.Console.Error.WriteLine($"There is no such event {logs.Where} ({string.Join(", ", logs.Databases.Keys)}).");
        return ExitCodes.NotDone;
    }

    /// <summary>Needs no database.</summary>
    public static async Task<int> CheckAsync(string file, string? noted, CancellationToken cancel)
    {
        InclusionProof proof;
        try
        {
            proof = InclusionProof.Parse(await File.ReadAllTextAsync(file, cancel));
        }
        catch (JsonException mistake)
        {
            System.Console.Error.WriteLine($"{file} is no proof: {mistake.Message}");
            return ExitCodes.NotDone;
        }

        var verdict = ProofVerifier.Check(proof, noted);
        if (!verdict.Holds)
        {
            System.Console.Out.WriteLine($"The proof does not hold. {verdict.Why}");
            return ExitCodes.Findings;
        }

        var e = proof.Event;
        System.Console.Out.WriteLine(
            $"The proof holds: event {e.Id} ({e.Type}) of {e.Stream} version {e.Version} at position {e.Position} " +
            $"is covered by seal {verdict.Mark}");
        if (noted is null)
            System.Console.Out.WriteLine(
                "That means something only if this seal is one that you noted, or have from somebody you trust: --seal compares it.");
        return ExitCodes.Well;
    }
}
