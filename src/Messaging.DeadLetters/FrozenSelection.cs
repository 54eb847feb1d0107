using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Payments.Messaging.DeadLetters;

/// <summary>
/// The dead letters that were chosen at one moment, each as it was then: what comes later is not part of it, what changes later drops out.
/// </summary>
/// <param name="Items">Ids and revisions, in the order of the ids.</param>
public sealed record FrozenSelection(IReadOnlyList<(long Id, long Revision)> Items)
{
    public const int CountMax = 100_000;

    /// <summary>SHA-256, in hexadecimal, over a line <c>id:revision</c> for each: two selections with the same hash are the same.</summary>
    public string Hash
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (id, revision) in Items)
            {
                text.Append(CultureInfo.InvariantCulture, $"{id}:{revision}\n");
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text.ToString())));
        }
    }
}
