namespace Payments.Gateway.Operators;

/// <summary>How operators sign in: the configuration section <c>Operators</c>.</summary>
internal sealed record OperatorOptions
{
    public const string Section = "Operators";

    /// <summary>The name of the database's connection string; without one nobody can sign in, and API keys are all there is.</summary>
    public const string Database = "operators";

    /// <summary>
    /// Of the account <c>admin</c>, which is made where there is no operator yet. It must be changed at the first sign-in. Empty: one is
    /// made up and printed.
    /// </summary>
    public string FirstAdminPassword { get; init; } = "";

    /// <summary>A session ends after that, whatever happens: one shift.</summary>
    public int SessionHours { get; init; } = 12;

    /// <summary>A session ends when nothing was asked with it for so long.</summary>
    public int IdleMinutes { get; init; } = 60;

    /// <summary>So many wrong passwords in a row lock an account …</summary>
    public int FailuresMax { get; init; } = 5;

    /// <summary>… for so long.</summary>
    public int LockMinutes { get; init; } = 15;

    public OpenIdOptions OpenIdConnect { get; init; } = new();

    /// <exception cref="InvalidOperationException">A value makes no sense.</exception>
    public static OperatorOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<OperatorOptions>() ?? new OperatorOptions();
        var all = new[] { options.SessionHours, options.IdleMinutes, options.FailuresMax, options.LockMinutes };
        return !Array.TrueForAll(all, number => number > 0)
            ? throw new InvalidOperationException($"Every number in the section '{Section}' must be above 0.")
            : options.FirstAdminPassword.Length > 0 && Passwords.Problem("admin", options.FirstAdminPassword) is { } problem
                ? throw new InvalidOperationException($"{Section}:FirstAdminPassword: {problem}")
                : options;
    }
}

/// <summary>The OpenID Connect provider whose people are operators; none without an authority.</summary>
internal sealed record OpenIdOptions
{
    /// <summary>The issuer's address; under it is <c>/.well-known/openid-configuration</c>.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The console's client id, for whom the tokens are made.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The claim that names a person.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>The claim with a person's roles or groups.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>What that claim says of viewers, operators and admins.</summary>
    public string Viewer { get; init; } = "payments-viewer";

    public string Operator { get; init; } = "payments-operator";

    public string Admin { get; init; } = "payments-admin";

    public bool IsConfigured => Authority.Length > 0;
}
