namespace Payments.Contracts.Operators;

public sealed record SignInRequest(string Name, string Password);

public sealed record OpenIdSignInRequest(string IdToken);

/// <param name="Token">Send it as <c>Authorization: Bearer …</c>. It is shown once, and not kept.</param>
public sealed record SignInAnswer(string Token, string Name, string Role, bool MustChangePassword, DateTimeOffset ExpiresAt);

public sealed record MeAnswer(string Name, string Role, bool MustChangePassword, DateTimeOffset ExpiresAt);

public sealed record PasswordRequest(string Current, string New);

public sealed record CreateOperatorRequest(string Name, string Role, string Reason);

public sealed record RoleRequest(string Role, string Reason);

/// <param name="OneTimePassword">To be handed to its owner, and changed at the first sign-in. It is shown once.</param>
public sealed record OneTimePasswordAnswer(string Name, string Role, string OneTimePassword);

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
