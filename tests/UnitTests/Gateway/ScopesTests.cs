using Payments.Gateway;

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
            Assert.Equal((administers, administers), (read == Scopes.Admin, write == Scopes.Admin));
        }
    }
}
