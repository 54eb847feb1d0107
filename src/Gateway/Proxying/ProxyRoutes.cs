using System.Net;
using System.Text;
using Payments.Gateway.ApiKeys;
using Payments.ServiceDefaults.Configuration;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Payments.Gateway.Proxying;

/// <summary>Which address belongs to which service, and what it takes to be let in. The whole map, in one place.</summary>
internal static class ProxyRoutes
{
    public static readonly IReadOnlyList<string> Services = ["payment", "wallet", "saga"];

    private static readonly RequiredScopes Payments = new(Scopes.PaymentsRead, Scopes.PaymentsWrite);
    private static readonly RequiredScopes Wallets = new(Scopes.WalletsRead, Scopes.WalletsWrite);

    // To look is the least; which role each act needs, the services know and see to.
    private static readonly RequiredScopes Admin = new(Scopes.AdminRead, Scopes.AdminRead);

    private static readonly (string Path, string Service, RequiredScopes Scopes)[] Map =
    [
        ("/api/wallets/{**rest}", "wallet", Wallets),
        ("/api/users/{**rest}", "wallet", Wallets),
        ("/api/payments/{**rest}", "payment", Payments),
        ("/api/transfers/{**rest}", "payment", Payments),
        ("/api/analytics/{**rest}", "payment", Payments),
        ("/api/admin/payments/{**rest}", "payment", Admin),
        ("/api/admin/wallets/{**rest}", "wallet", Admin),
        ("/api/admin/sagas/{**rest}", "saga", Admin),
    ];

    /// <summary>The stand-in for the card processor, which has its fault controls under <c>/admin</c>.</summary>
    public const string CardProcessor = "card-processor";
    public const string CardsPath = "/api/admin/cards/{**rest}";

    // The processor knows nothing of operators: here it is seen to who may set its faults.
    private static readonly RequiredScopes CardFaults = new(Scopes.AdminRead, Scopes.AdminOperate);

    public static RequiredScopes ScopesOf(string routeId) => routeId == CardsPath ? CardFaults : Map.Single(m => m.Path == routeId).Scopes;

    public static IReadOnlyList<RouteConfig> Routes(bool withCards)
    {
        var routes = Map.Select(m => new RouteConfig { RouteId = m.Path, ClusterId = m.Service, Match = new RouteMatch { Path = m.Path } });
        return withCards ? [.. routes, Cards] : [.. routes];
    }

    public static IReadOnlyList<ClusterConfig> Clusters(IConfiguration configuration, ProxyOptions options, bool withCards) =>
        [.. (withCards ? Services.Append(CardProcessor) : Services).Select(service => Cluster(service, configuration, options))];

    /// <summary>The fault controls are for development, and need an address; elsewhere there is no such route at all.</summary>
    public static bool HasCards(IConfiguration configuration, IHostEnvironment environment) =>
        environment.IsDevelopment() && configuration.FindServiceAddresses(CardProcessor).Count > 0;

    private static RouteConfig Cards => new()
    {
        RouteId = CardsPath,
        ClusterId = CardProcessor,
        Match = new RouteMatch { Path = CardsPath },
        Transforms = [new Dictionary<string, string> { ["PathPattern"] = "/admin/{**rest}" }],
    };

    private static ClusterConfig Cluster(string service, IConfiguration configuration, ProxyOptions options)
    {
        _ = configuration.ServiceAddress(service);   // Fails at start when there is none.
        return new ClusterConfig
        {
            ClusterId = service,
            Destinations = configuration.FindServiceAddresses(service)
                .Select((address, index) => ($"{service}-{index}", new DestinationConfig { Address = address.AbsoluteUri }))
                .ToDictionary(d => d.Item1, d => d.Item2),
            LoadBalancingPolicy = LoadBalancingPolicies.LeastRequests,

            // As the server reads them. HttpClient's own choice is ASCII, and to fail on anything else.
            HttpClient = new HttpClientConfig { RequestHeaderEncoding = Encoding.UTF8.WebName },
            HttpRequest = new ForwarderRequestConfig
            {
                ActivityTimeout = TimeSpan.FromMilliseconds(options.AnswerTimeoutMs),
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            HealthCheck = new HealthCheckConfig
            {
                // When every instance looks ill, asking them all beats refusing for sure.
                AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true,
                    Path = "/health",
                    Interval = TimeSpan.FromMilliseconds(options.ProbeIntervalMs),
                    Timeout = TimeSpan.FromMilliseconds(options.ProbeTimeoutMs),
                    Policy = ConsecutiveProbesPolicy.PolicyName,
                },
                Passive = new PassiveHealthCheckConfig
                {
                    Enabled = true,
                    Policy = HealthCheckConstants.PassivePolicy.TransportFailureRate,
                    ReactivationPeriod = TimeSpan.FromMilliseconds(options.ProbeIntervalMs),
                },
            },
        };
    }
}
