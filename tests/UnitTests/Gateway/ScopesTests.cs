using Payments.Gateway.ApiKeys;
using Payments.Gateway.Proxying;
using Payments.ServiceDefaults.Callers;

namespace UnitTests.Gateway;

public sealed class ScopesTests
{
    [Theory]
    [InlineData("GET", "payments:read")]
    [InlineData("HEAD", "payments:read")]
    [InlineData("POST", "payments:write")]
    [InlineData("DELETE", "payments:write")]
    [InlineData("get", "payments:read")]
    [InlineData("QUERY", "payments:write")]
    public void Only_GET_and_HEAD_read(string method, string scope) =>
        Assert.Equal(scope, ScopeNames.NameOf(new RequiredScopes(Scopes.PaymentsRead, Scopes.PaymentsWrite).For(method)));

    [Fact]
    public void Every_route_needs_a_scope_and_administration_needs_its_own()
    {
        foreach (var route in ProxyRoutes.Routes(withCards: true))
        {
            var (read, write) = ProxyRoutes.ScopesOf(route.RouteId);
            Assert.NotEqual(Scopes.None, read);
            Assert.NotEqual(Scopes.None, write);
            var administers = route.Match.Path!.StartsWith("/api/admin/", StringComparison.Ordinal);
            Assert.Equal(administers, read == Scopes.AdminRead);
            Assert.Equal(administers, write.HasFlag(Scopes.AdminRead));
        }
    }

    [Theory]
    [InlineData("admin:read", OperatorRole.Viewer)]
    [InlineData("admin:operate", OperatorRole.Operator)]
    [InlineData("admin", OperatorRole.Admin)]
    [InlineData("payments:write", null)]
    public void The_scopes_of_administration_are_the_roles_of_operators_each_with_those_before_it(string scope, OperatorRole? role)
    {
        Assert.True(ScopeNames.TryParse([scope], out var scopes));

        Assert.Equal(role, new ApiClient("shop", scopes).Role);
        Assert.Equal(role is not null, scopes.HasFlag(Scopes.AdminRead));
    }
}
