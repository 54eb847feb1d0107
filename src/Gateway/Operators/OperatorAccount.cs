using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Payments.Gateway.Operators;

/// <summary>Somebody who may sign in.</summary>
/// <param name="PasswordHash">Null: signs in with OpenID Connect.</param>
/// <param name="MustChange">The password must be changed before anything else is done.</param>
internal sealed record OperatorAccount(
    string Name,
    string Role,
    string? PasswordHash,
    bool MustChange,
    string? Issuer,
    DateTimeOffset? LockedUntil,
    DateTimeOffset? DisabledAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SignedInAt);

/// <summary>Somebody who has signed in.</summary>
internal sealed record SignedInOperator(string Name, string Role, bool MustChange, DateTimeOffset ExpiresAt);

internal static partial class OperatorNames
{
    public const string Rule = "1 to 64 small letters, digits, '.', '_', '@', '-', the first a letter or digit.";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._@-]{0,63}\z")]
    private static partial Regex Pattern();
}

internal sealed record SignInRequest(string Name, string Password);

internal sealed record OpenIdSignInRequest(string IdToken);

/// <param name="Token">Send it as <c>Authorization: Bearer …</c>. It is shown once, and not kept.</param>
internal sealed record SignInAnswer(string Token, string Name, string Role, bool MustChangePassword, DateTimeOffset ExpiresAt);

internal sealed record MeAnswer(string Name, string Role, bool MustChangePassword, DateTimeOffset ExpiresAt);

internal sealed record PasswordRequest(string Current, string New);

internal sealed record CreateOperatorRequest(string Name, string Role, string Reason);

internal sealed record RoleRequest(string Role, string Reason);

internal sealed record AccountReasonRequest(string Reason);

/// <param name="OneTimePassword">To be handed to its owner, and changed at the first sign-in. It is shown once.</param>
internal sealed record OneTimePasswordAnswer(string Name, string Role, string OneTimePassword);

/// <param name="Status"><c>active</c>, <c>locked</c> or <c>disabled</c>.</param>
/// <param name="SignsInWith"><c>password</c>, or the issuer of its OpenID Connect tokens.</param>
internal sealed record OperatorView(
    string Name,
    string Role,
    string Status,
    string SignsInWith,
    bool MustChangePassword,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SignedInAt);

internal sealed record OperatorList(IReadOnlyList<OperatorView> Items);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(OpenIdSignInRequest))]
[JsonSerializable(typeof(SignInAnswer))]
[JsonSerializable(typeof(MeAnswer))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(CreateOperatorRequest))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(AccountReasonRequest))]
[JsonSerializable(typeof(OneTimePasswordAnswer))]
[JsonSerializable(typeof(OperatorList))]
[JsonSerializable(typeof(AccessActPage))]
[JsonSerializable(typeof(AccessTrailVerdict))]
internal sealed partial class OperatorJson : JsonSerializerContext;
