namespace Payments.Gateway.ApiKeys;

/// <summary>What an API key may do.</summary>
[Flags]
internal enum Scopes
{
    None = 0,
    PaymentsRead = 1,
    PaymentsWrite = 2,
    WalletsRead = 4,
    WalletsWrite = 8,

    /// <summary>Sees what operators see: the role of a viewer.</summary>
    AdminRead = 16,

    /// <summary>Does what operators do.</summary>
    AdminOperate = 32 | AdminRead,

    /// <summary>Does what admins do.</summary>
    Admin = 64 | AdminOperate,
    All = PaymentsRead | PaymentsWrite | WalletsRead | WalletsWrite | Admin,
}

/// <summary>The scopes a route asks for, by the kind of request.</summary>
internal sealed record RequiredScopes(Scopes Read, Scopes Write)
{
    public Scopes For(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Read : Write;
}

/// <summary>Scopes as configuration and clients write them.</summary>
internal static class ScopeNames
{
    private static readonly Dictionary<string, Scopes> ByName = new(StringComparer.Ordinal)
    {
        ["payments:read"] = Scopes.PaymentsRead,
        ["payments:write"] = Scopes.PaymentsWrite,
        ["wallets:read"] = Scopes.WalletsRead,
        ["wallets:write"] = Scopes.WalletsWrite,
        ["admin:read"] = Scopes.AdminRead,
        ["admin:operate"] = Scopes.AdminOperate,
        ["admin"] = Scopes.Admin,
    };

    public static bool TryParse(IEnumerable<string> names, out Scopes scopes)
    {
        scopes = Scopes.None;
        foreach (var name in names)
        {
            if (!ByName.TryGetValue(name, out var scope))
            {
                return false;
            }

            scopes |= scope;
        }

        return scopes != Scopes.None;
    }

    public static string NameOf(Scopes scope) => ByName.Single(pair => pair.Value == scope).Key;
}
