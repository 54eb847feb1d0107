using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Payments.Bench.Emmett;

/// <summary>Emmett and its packages, pinned by <c>bench/emmett/package-lock.json</c>, in the user's cache folder: installed once.</summary>
internal static class EmmettInstallation
{
    public const string Program = "peer.mjs";

    private static readonly TimeSpan InstallMax = TimeSpan.FromMinutes(3);
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "emmett");

    /// <summary>The folder of the program, with its packages beside it.</summary>
    /// <exception cref="NoEmmettException">Node or npm is missing, or the packages cannot be had.</exception>
    public static async Task<string> EnsureAsync(CancellationToken cancel)
    {
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(Source, "package-lock.json"), cancel);
        var folder = Path.Combine(CacheFolder(), "emmett-" + Convert.ToHexStringLower(SHA256.HashData(lockFile))[..12]);
        if (!Directory.Exists(folder))
            await InstallAsync(folder, cancel);
        File.Copy(Path.Combine(Source, Program), Path.Combine(folder, Program), overwrite: true);
        return folder;
    }

    // Beside its place and then moved there: an installation that was interrupted is never taken for a whole one.
    private static async Task InstallAsync(string folder, CancellationToken cancel)
    {
        Measuring.Progress.Step("installing Emmett (once)");
        var scratch = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(scratch);
        try
        {
            foreach (var name in (string[])["package.json", "package-lock.json"])
                File.Copy(Path.Combine(Source, name), Path.Combine(scratch, name), overwrite: true);
            await NpmAsync(scratch, cancel);
            Directory.Move(scratch, folder);
        }
        finally
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task NpmAsync(string folder, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var npm = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(InstallMax);
        try
        {
            var told = npm.StandardOutput.ReadToEndAsync(limit.Token);
            var complaint = await npm.StandardError.ReadToEndAsync(limit.Token);
            await told;
            await npm.WaitForExitAsync(limit.Token);
            if (npm.ExitCode != 0)
                throw new NoEmmettException($"npm cannot install it: {complaint.Split('\n')[0]}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new NoEmmettException($"npm did not install it within {InstallMax.TotalMinutes:N0} minutes");
        }
        finally
        {
            if (!npm.HasExited)
                npm.Kill(entireProcessTree: true);
        }
    }

    /// <exception cref="NoEmmettException">There is no such program.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new NoEmmettException($"{start.FileName} cannot be started: {missing.Message}");
        }
    }

    private static string CacheFolder() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "payments-platform");
}

/// <summary>This machine cannot run Emmett; the message says why. The benchmark goes on without it.</summary>
internal sealed class NoEmmettException(string message) : Exception(message);
