namespace Payments.ServiceDefaults.Callers;

/// <summary>What an operator may do. Each may also do what those before it may.</summary>
public enum OperatorRole
{
    /// <summary>Sees everything, changes nothing.</summary>
    Viewer = 1,

    /// <summary>Mends: replays, edits, discards, retries.</summary>
    Operator = 2,

    /// <summary>Decides who may do what, and what costs money or rest of its own: overdrafts, accounts, planted failures.</summary>
    Admin = 3,
}

/// <summary>The roles as headers, configuration and answers write them.</summary>
public static class OperatorRoles
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Admin = "admin";

    public static readonly IReadOnlyList<string> Names = [Viewer, Operator, Admin];

    /// <exception cref="ArgumentOutOfRangeException">There is no such role.</exception>
    public static string NameOf(OperatorRole role) => role switch
    {
        OperatorRole.Viewer => Viewer,
        OperatorRole.Operator => Operator,
        OperatorRole.Admin => Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>The role of that name; null when there is none.</summary>
    public static OperatorRole? Find(string? name) => name switch
    {
        Viewer => OperatorRole.Viewer,
        Operator => OperatorRole.Operator,
        Admin => OperatorRole.Admin,
        _ => null,
    };
}
