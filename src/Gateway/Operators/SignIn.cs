using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts.Operators;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>Signing in, signing out, and what one may do about oneself.</summary>
internal sealed class SignIn(
    OperatorStore books, Sessions sessions, Passwords passwords, OperatorOptions options, TimeProvider clock) : IDisposable
{
    // Of all together: a console signs in a few people a day. More is somebody who guesses.
    private readonly FixedWindowRateLimiter _pace = new(new() { PermitLimit = 60, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    public static async Task<IResult> WithPassword(SignInRequest request, HttpContext context, SignIn signIn, CancellationToken cancel)
    {
        using var lease = signIn._pace.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            context.Response.Headers.RetryAfter = "60";
            return Problems.Refused(429, ProblemCodes.RateLimited, "Too many people try to sign in; wait a minute.");
        }

        return request.Name.Length > 64 || request.Password.Length > Passwords.LengthMax
            ? Refused()
            : await signIn.WithPasswordAsync(request.Name.Trim().ToLowerInvariant(), request.Password, cancel);
    }

    public static async Task<IResult> Out(HttpContext context, Sessions sessions, CancellationToken cancel)
    {
        await sessions.EndAsync(SignedIn.TokenOf(context)!, cancel);
        return Results.NoContent();
    }

    public static IResult Me(HttpContext context)
    {
        var me = context.Features.GetRequiredFeature<SignedInOperator>();
        return Results.Json(new MeAnswer(me.Name, me.Role, me.MustChange, me.ExpiresAt), OperatorJson.Default.MeAnswer);
    }

    /// <summary>Another password of one's own. Whoever is signed in with the old one elsewhere is signed out.</summary>
    public static async Task<IResult> ChangePassword(PasswordRequest request, HttpContext context, SignIn signIn, CancellationToken cancel)
    {
        var me = context.Features.GetRequiredFeature<SignedInOperator>();
        if (Passwords.Problem(me.Name, request.New) is { } problem)
        {
            return Problems.Invalid("new", problem);
        }

        if (request.New == request.Current)
        {
            return Problems.Invalid("new", "It must be another one than before.");
        }

        if (await signIn.ProveAsync(me.Name, request.Current, cancel) is null)
        {
            return Problems.Invalid("current", "This is not your password, or the account is locked after too many tries.");
        }

        return await signIn.SetPasswordAsync(me.Name, request.New, SignedIn.TokenOf(context)!, cancel)
            ? Results.NoContent()
            : Problems.Conflict("no_password", "You sign in with an OpenID Connect provider, and have no password here.");
    }

    public void Dispose() => _pace.Dispose();

    private async Task<IResult> WithPasswordAsync(string name, string password, CancellationToken cancel) =>
        await ProveAsync(name, password, cancel) is { } account
            ? Results.Json(await sessions.BeginAsync(account, "with a password", cancel), OperatorJson.Default.SignInAnswer)
            : Refused();

    // The same words whatever is wrong: who guesses learns nothing.
    private static ProblemHttpResult Refused() => Problems.Refused(
        401, "sign_in_refused",
        "The name or the password is wrong, or the account is disabled, or locked for a while after too many tries.");

    private async Task<OperatorAccount?> ProveAsync(string name, string password, CancellationToken cancel)
    {
        var account = OperatorNames.IsValid(name) ? await books.FindAsync(name, cancel) : null;
        var isOpen = account is { DisabledAt: null } && !(account.LockedUntil > clock.GetUtcNow());
        if (await passwords.IsRightAsync(name, account?.PasswordHash, password, cancel) && isOpen)
        {
            return account;
        }

        if (account is { PasswordHash: not null } && isOpen)
        {
            var act = AccessAct.OfAccount(name, "sign-in-refused", "wrong password", name);
            await books.FailAsync(name, options.FailuresMax, TimeSpan.FromMinutes(options.LockMinutes), act, cancel);
        }

        return null;
    }

    private Task<bool> SetPasswordAsync(string name, string password, string token, CancellationToken cancel) => books.SetPasswordAsync(
        name,
        passwords.Hash(name, password),
        mustChange: false,
        keep: Sessions.HashOf(token),
        AccessAct.OfAccount(name, "password-changed", "by themselves", name),
        cancel);
}
