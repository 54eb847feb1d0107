namespace Payments.Standalone.Postgres;

/// <summary>
/// Whom PostgreSQL runs as, since it refuses to be root: ourselves, or, when we are root, the owner of the data, else <c>postgres</c>,
/// else <c>nobody</c>.
/// </summary>
/// <param name="Owner">Who must own the data, as <c>uid:gid</c>; null when that is ourselves.</param>
/// <param name="Prefix">What to put before a command to run it as that user.</param>
internal sealed record ServerUser(string Name, string? Owner, IReadOnlyList<string> Prefix)
{
    private const string Root = "0";

    // Bits of capability sets, from <linux/capability.h>.
    private static readonly (string Name, int Bit)[] FolderCapabilities = [("dac_read_search", 2), ("dac_override", 1)];

    /// <param name="folder">A folder that the user must be able to enter; exists.</param>
    /// <param name="cluster">The data, which may not exist yet.</param>
    public static async Task<ServerUser> ChooseAsync(string folder, string cluster, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
            return new ServerUser(Environment.UserName, Owner: null, Prefix: []);

        var user = await OwnerOfAsync(cluster, cancel) ?? SystemUser();
        if (await user.CanEnterAsync(folder, cancel) is not { } obstacle)
            return user;

        // Below a folder that only root may pass (/root, often): one capability that lets the user through, and no other.
        var able = PermittedCapabilities();
        foreach (var (capability, _) in FolderCapabilities.Where(c => (able >> c.Bit & 1) == 1))
        {
            var permitted = user.With(capability);
            if (await permitted.CanEnterAsync(folder, cancel) is null)
                return permitted;
        }

        throw new CannotStartException(
            $"PostgreSQL must not run as root, and user '{user.Name}' cannot enter {folder} ({obstacle}). "
            + "Set PAYMENTS_DATA_DIR to a folder that everybody may enter, for example below /var/lib.");
    }

    /// <summary>Makes the user the owner of a file or folder.</summary>
    public async Task OwnAsync(string path, CancellationToken cancel)
    {
        if (Owner is null)
            return;
        var (status, output) = await Shell.RunAsync(["chown", "-h", Owner, path], cancel);
        if (status != 0)
            throw new CannotStartException($"{path} cannot be given to user '{Name}': {output}");
    }

    // Null: it can. Otherwise what the system says to it.
    private async Task<string?> CanEnterAsync(string folder, CancellationToken cancel)
    {
        var (status, output) = await Shell.RunAsync([.. Prefix, "/bin/sh", "-c", "cd \"$1\"", "sh", folder], cancel);
        return status == 0 ? null : output;
    }

    private ServerUser With(string capability) =>
        this with { Prefix = [.. Prefix, "--inh-caps", $"-all,+{capability}", "--ambient-caps", $"-all,+{capability}"] };

    private static async Task<ServerUser?> OwnerOfAsync(string path, CancellationToken cancel)
    {
        if (!Directory.Exists(path))
            return null;
        var (status, output) = await Shell.RunAsync(["stat", "-c", "%u:%g:%U", path], cancel);
        if (status != 0)
            throw new CannotStartException($"The owner of {path} cannot be read: {output}");
        var fields = output.Split(':');
        return fields[0] == Root ? null : Unprivileged(fields[2], fields[0], fields[1]);
    }

    private static ServerUser SystemUser()
    {
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length >= 4).ToList();
        var account = accounts.Find(fields => fields[0] == "postgres")
            ?? accounts.Find(fields => fields[0] == "nobody")
            ?? throw new CannotStartException("PostgreSQL must not run as root, and there is no user 'postgres' or 'nobody'.");
        return Unprivileged(account[0], account[2], account[3]);
    }

    private static ServerUser Unprivileged(string name, string uid, string gid) =>
        new(name, $"{uid}:{gid}", ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"]);

    private static ulong PermittedCapabilities()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapPrm:", StringComparison.Ordinal));
        return line is null ? 0 : Convert.ToUInt64(line["CapPrm:".Length..].Trim(), 16);
    }
}
