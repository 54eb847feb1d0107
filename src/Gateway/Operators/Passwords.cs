using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Payments.Gateway.Operators;

/// <summary>Passwords: what is a good one, and whether one is right. Hashed by the framework's hasher (PBKDF2).</summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>NIST SP 800-63B: length is what counts; rules about kinds of characters only make people write them down.</summary>
    public const int LengthMin = 12;
    public const int LengthMax = 128;

    private readonly PasswordHasher<string> _hasher = new();

    // Hashing takes a core for a tenth of a second: whoever floods the sign-in does not get both.
    private readonly SemaphoreSlim _turns = new(1);
    private readonly string _nobodys;

    public Passwords() => _nobodys = _hasher.HashPassword("", OneTime());

    /// <summary>Why it is no good; null when it is.</summary>
    public static string? Problem(string name, string password) =>
        password.Length is < LengthMin or > LengthMax ? $"A password has {LengthMin} to {LengthMax} characters."
        : password.Contains(name, StringComparison.OrdinalIgnoreCase) ? "A password does not contain the name."
        : password.Distinct().Count() < 5 ? "A password has at least five different characters."
        : null;

    /// <summary>A random one, to be used once.</summary>
    public static string OneTime() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15));

    public string Hash(string name, string password) => _hasher.HashPassword(name, password);

    /// <summary>Whether the password is right. It takes as long when there is nobody of that name.</summary>
    public async Task<bool> IsRightAsync(string name, string? hash, string password, CancellationToken cancel)
    {
        await _turns.WaitAsync(cancel);
        try
        {
            var verdict = await Task.Run(() => _hasher.VerifyHashedPassword(name, hash ?? _nobodys, password), cancel);
            return hash is not null && verdict != PasswordVerificationResult.Failed;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
