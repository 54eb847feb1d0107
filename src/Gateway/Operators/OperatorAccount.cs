using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Payments.Contracts;
using Payments.Contracts.Audit;
using Payments.Contracts.Operators;

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

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(OpenIdSignInRequest))]
[JsonSerializable(typeof(SignInAnswer))]
[JsonSerializable(typeof(MeAnswer))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(CreateOperatorRequest))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(OneTimePasswordAnswer))]
[JsonSerializable(typeof(OperatorList))]
[JsonSerializable(typeof(ActPage))]
[JsonSerializable(typeof(TrailVerdict))]
internal sealed partial class OperatorJson : JsonSerializerContext;
