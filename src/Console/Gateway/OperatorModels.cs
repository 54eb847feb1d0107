using System.Text.Json;

namespace Payments.Console.Gateway;

public sealed record SignInOrder(string Name, string Password);

public sealed record OpenIdSignInOrder(string IdToken);

public sealed record SignInAnswer(string Token, string Name, string Role, bool MustChangePassword, DateTimeOffset ExpiresAt);

public sealed record MeView(string Name, string Role, bool MustChangePassword, DateTimeOffset ExpiresAt);

public sealed record PasswordOrder(string Current, string New);

public sealed record NoOrder;

/// <summary>Of an order that is answered with nothing.</summary>
public sealed record NoAnswer
{
    public static readonly NoAnswer It = new();
}

/// <param name="Status"><c>active</c>, <c>locked</c> or <c>disabled</c>.</param>
/// <param name="SignsInWith"><c>password</c>, or the issuer of its OpenID Connect tokens.</param>
public sealed record OperatorView(
    string Name,
    string Role,
    string Status,
    string SignsInWith,
    bool MustChangePassword,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SignedInAt);

public sealed record OperatorList(IReadOnlyList<OperatorView> Items);

public sealed record CreateOperatorOrder(string Name, string Role, string Reason);

public sealed record RoleOrder(string Role, string Reason);

public sealed record ReasonOrder(string Reason);

public sealed record OneTimePassword(
    string Name,
    string Role,
    [property: System.Text.Json.Serialization.JsonPropertyName("oneTimePassword")] string Password);

/// <summary>An order, or a replay, that waits or waited for a second person.</summary>
public sealed record ApprovalView(
    Guid Id,
    string Kind,
    string Act,
    string Subject,
    string Path,
    JsonElement? Body,
    string Hash,
    IReadOnlyList<MoneyView> Money,
    long Count,
    string Reason,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset? ExpiresAt,
    string Status,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? DecidedReason);

/// <summary>An answer of which nothing is needed.</summary>
public sealed record Anything;

public sealed record ApprovalPage(IReadOnlyList<ApprovalView> Items);

public sealed record ApproveOrder(string Reason, string SelectionHash);

/// <param name="Broken">The first entry that is not as it was sealed; null when there is none.</param>
public sealed record TrailVerdict(bool Intact, long Checked, long? Broken = null, string? Why = null);
