using Microsoft.AspNetCore.Http.HttpResults;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>Finds out whose session a request comes in.</summary>
/// <param name="sessions">Null where there is no database of operators: then nobody has signed in.</param>
internal sealed class SignedIn(Sessions? sessions)
{
    private const string Scheme = "Bearer ";

    public const string PasswordChangeRequired = "password_change_required";

    /// <summary>The token of the header <c>Authorization</c>; null without one.</summary>
    public static string? TokenOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    /// <param name="mayHaveToChange">Whether somebody may do it who has yet to change their password.</param>
    public async Task<(SignedInOperator? Person, ProblemHttpResult? Problem)> FindAsync(
        string token, bool mayHaveToChange, CancellationToken cancel) =>
        sessions is null || await sessions.FindAsync(token, cancel) is not { } person
            ? (null, Problems.Refused(401, "invalid_session", "This session has ended, or never was: sign in."))
            : person.MustChange && !mayHaveToChange
                ? (null, Problems.Refused(403, PasswordChangeRequired, "Change your password first: somebody else knows it."))
                : (person, null);
}
