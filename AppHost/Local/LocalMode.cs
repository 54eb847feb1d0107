using Microsoft.Extensions.Configuration;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace AppHost.Local;

/// <summary>
/// Whether PostgreSQL, Redis and the broker are programs of this machine in place of containers: <c>--Local=true</c> or <c>false</c>;
/// unless told, where no container engine answers. Never when published.
/// </summary>
internal sealed record LocalMode
{
    private const string DataDefault = "../.data/apphost";

    public required bool IsOn { get; init; }

    /// <summary>Where PostgreSQL and Prometheus keep their data: <c>--Local:Data=…</c>.</summary>
    public required string DataFolder { get; init; }

    /// <exception cref="DistributedApplicationException">Nothing that could run is here; the message says what to install.</exception>
    public static async Task<LocalMode> OfAsync(IDistributedApplicationBuilder builder)
    {
        var told = builder.Configuration.GetValue<bool?>("Local");
        var isOn = builder.ExecutionContext.IsRunMode && (told ?? !ContainerEngine.Answers(builder.Configuration));
        if (isOn)
        {
            await RequireProgramsAsync(told is true);
            System.Console.WriteLine(
                "PostgreSQL, Redis and the broker run as programs of this machine, "
                + (told is true
                    ? "as --Local=true says."
                    : "because no container engine answers. With one, or with --Local=false: containers."));
            PreferBuiltPrograms(builder.AppHostDirectory);
        }
        else if (builder.ExecutionContext.IsRunMode)
        {
            System.Console.WriteLine("PostgreSQL, Redis and Redpanda run in containers. With --Local=true: as programs of this machine.");
            builder.Eventing.Subscribe<BeforeStartEvent>((_, _) => ContainerEngine.Answers(builder.Configuration)
                ? Task.CompletedTask
                : throw new DistributedApplicationException(
                    "No container engine answers (`docker info`, `podman info`). Start one, or run with --Local=true to do without."));
        }

        return new()
        {
            IsOn = isOn,
            DataFolder = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, builder.Configuration["Local:Data"] ?? DataDefault)),
        };
    }

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    // Without them the dashboard would show resources that wait for ever.
    private static async Task RequireProgramsAsync(bool told)
    {
        List<string> missing = [];
        try
        {
            await ServerBinaries.FindAsync(
                given: Environment.GetEnvironmentVariable("PAYMENTS_POSTGRES_BIN"), majorWanted: null, CancellationToken.None);
        }
        catch (CannotStartException)
        {
            missing.Add("postgresql");
        }

        if (!Has(LocalRedisResource.Program))
        {
            missing.Add("redis-server");
        }

        if (missing.Count > 0)
        {
            throw new DistributedApplicationException(
                (told ? "" : "No container engine answers, and programs to do without are missing. ")
                + $"Missing: {string.Join(", ", missing)}. "
                + $"Debian, Ubuntu: sudo apt-get install -y {string.Join(' ', missing)}; "
                + "or `./payments apphost`, which installs and starts. "
                + "With Docker or Podman running, nothing needs to be installed.");
        }
    }

    // See launch/dotnet. Under a debugger the IDE starts the projects, and the orchestrator does not come by here.
    private static void PreferBuiltPrograms(string appHost) => Environment.SetEnvironmentVariable(
        "PATH", $"{Path.Combine(appHost, "Local", "launch")}:{Environment.GetEnvironmentVariable("PATH")}");
}
