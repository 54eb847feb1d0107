using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Payments.Gateway.Operators;
using Payments.ServiceDefaults.Callers;

namespace Payments.Gateway.ApiKeys;

/// <summary>Who calls: the client that a valid key belongs to, or an operator who has signed in.</summary>
/// <param name="Limited">Whether the rate limit counts; the development key is free of it.</param>
/// <param name="Person">The operator; null for a client, which may name one itself.</param>
internal sealed record ApiClient(string Id, Scopes Scopes, bool Limited = true, string? Person = null)
{
    private const Scopes Reads = Scopes.PaymentsRead | Scopes.WalletsRead;

    /// <summary>What it may do of what operators do; null for nothing.</summary>
    public OperatorRole? Role =>
        Scopes.HasFlag(Scopes.Admin) ? OperatorRole.Admin
        : Scopes.HasFlag(Scopes.AdminOperate) ? OperatorRole.Operator
        : Scopes.HasFlag(Scopes.AdminRead) ? OperatorRole.Viewer
        : null;

    /// <summary>Operators see what is there. They move no money through the public API: that is for those whose money it is.</summary>
    public static ApiClient Of(SignedInOperator person) => new(
        CallerIdentity.SignedIn,
        Reads | OperatorRoles.Find(person.Role) switch
        {
            OperatorRole.Admin => Scopes.Admin,
            OperatorRole.Operator => Scopes.AdminOperate,
            _ => Scopes.AdminRead,
        },
        Limited: false,
        person.Name);
}

/// <summary>All clients, by the hashes of their keys.</summary>
internal sealed class ApiKeyDirectory
{
    /// <summary>Accepted in Development only.</summary>
    public const string DevelopmentKey = "dev-key";

    private const int KeyLengthMax = 256;
    private readonly byte[] _pepper;
    private readonly (byte[] Hash, ApiClient Client)[] _entries;

    public ApiKeyDirectory(IOptions<ApiKeyOptions> options, IHostEnvironment environment)
    {
        _pepper = Encoding.UTF8.GetBytes(options.Value.Pepper);
        IEnumerable<(byte[], ApiClient)> configured = options.Value.Keys.Select(key => (Convert.FromHexString(key.Hash), ClientOf(key)));
        _entries = environment.IsDevelopment()
            ? [.. configured, (Hash(DevelopmentKey), new ApiClient("dev", Scopes.All, Limited: false))]
            : [.. configured];
    }

    /// <summary>The client of a key, or null. The time it takes tells nothing about which hash was nearly right.</summary>
    public ApiClient? Find(string key)
    {
        if (key.Length > KeyLengthMax)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(KeyLengthMax)];
        HMACSHA256.HashData(_pepper, bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
        ApiClient? found = null;
        foreach (var (known, client) in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = client;
            }
        }

        return found;
    }

    /// <summary>Whether it is the id of a client.</summary>
    public bool IsClient(string id) => _entries.Any(entry => entry.Client.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    private byte[] Hash(string key) => HMACSHA256.HashData(_pepper, Encoding.UTF8.GetBytes(key));

    private static ApiClient ClientOf(ApiKeyEntry key) =>
        ScopeNames.TryParse(key.Scopes, out var scopes)
            ? new ApiClient(key.ClientId, scopes)
            : throw new ArgumentException("The validator lets no such key pass.", nameof(key));
}
