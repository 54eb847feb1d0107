using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Payments.CardProcessor.Faults;

/// <summary>Chance that repeats itself: the same seed and key draw the same, in any order and on any instance.</summary>
internal static class Draw
{
    public static bool Hits(int percent, long seed, string what, string key, int attempt = 1) => percent switch
    {
        <= 0 => false,
        >= 100 => true,
        _ => Below100(seed, what, key, attempt) < percent,
    };

    private static int Below100(long seed, string what, string key, int attempt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {what} {attempt} {key}"), hash);
        return (int)(BinaryPrimitives.ReadUInt64LittleEndian(hash) % 100);
    }
}
