namespace Payments.Gateway.Operators;

/// <summary>
/// Where there is no operator yet, makes <c>admin</c>. As long as nobody has signed in as that, each start makes up a new password: what
/// was printed by an earlier one may have been lost, or read by somebody else.
/// </summary>
internal sealed class FirstAdmin(OperatorStore books, Passwords passwords, OperatorOptions options, FirstAdminNotice notice)
{
    private const string Name = "admin";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var accounts = await books.ListAsync(cancellationToken);
        var isNew = accounts.Count == 0;
        var isUnused = accounts is [{ Name: Name, SignedInAt: null, MustChange: true }];
        if (!isNew && !isUnused)
        {
            return;
        }

        var isGiven = options.FirstAdminPassword.Length > 0;
        var password = isGiven ? options.FirstAdminPassword : Passwords.OneTime();
        var hash = passwords.Hash(Name, password);
        if (isNew)
        {
            if (!await books.CreateAsync(
                Name,
                "admin",
                hash,
                mustChange: true,
                AccessAct.OfAccount(Name, "operator-created", "the first start", Name),
                cancellationToken))
            {
                return; // Another instance, in this very moment: it tells its password.
            }
        }
        else
        {
            await books.SetPasswordAsync(
                Name,
                hash,
                mustChange: true,
                keep: null,
                AccessAct.OfAccount(Name, "password-reset", "nobody has signed in yet", Name),
                cancellationToken);
        }

        if (!isGiven)
        {
            notice.Give(Name, password);
        }
    }
}

/// <summary>What a person must be told once: printed, and never logged.</summary>
public sealed class FirstAdminNotice
{
    private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The line to print; null while there is nothing to tell.</summary>
    public string? Line => _line.Task.IsCompletedSuccessfully ? _line.Task.Result : null;

    /// <summary>Ends with the line, which may be long after the start, when the database was away; or never.</summary>
    public Task<string> LineAsync => _line.Task;

    internal void Give(string name, string password) =>
        _line.TrySetResult($"Sign in to the console as {name} with the one-time password {password}");
}
