using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.ServiceDefaults.Configuration;

namespace UnitTests.ServiceDefaults;

/// <summary>A service with several addresses is asked where it can be reached.</summary>
public sealed class InstancesTests : IDisposable
{
    private readonly Network _network = new();
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    public InstancesTests()
    {
        var builder = WebApplication.CreateBuilder(
            ["--services:wallet:http:0=http://a:1", "--services:wallet:http:1=http://b:2", "--services:wallet:http:2=http://c:3"]);
        builder.AddServiceClient("wallet").ConfigurePrimaryHttpMessageHandler(() => _network);
        _app = builder.Build();
        _client = _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("wallet");
    }

    public void Dispose()
    {
        _client.Dispose();
        ((IDisposable)_app).Dispose();
        _network.Dispose();
    }

    [Fact]
    public async Task The_first_instance_is_asked_while_it_is_there()
    {
        await AskAsync();
        await AskAsync();

        Assert.Equal(["http://a:1/x?y=1", "http://a:1/x?y=1"], _network.Asked);
    }

    [Fact]
    public async Task Where_nobody_listens_the_next_one_is_asked_and_stays_the_one_to_ask()
    {
        _network.Down["a"] = Nobody;
        _network.Down["b"] = new TaskCanceledException("slow", new TimeoutException());

        await AskAsync();
        _network.Down.Clear();
        await AskAsync();

        Assert.Equal(["http://a:1/x?y=1", "http://b:2/x?y=1", "http://c:3/x?y=1", "http://c:3/x?y=1"], _network.Asked);
    }

    [Fact]
    public async Task What_may_have_arrived_is_not_sent_again()
    {
        _network.Down["a"] = new HttpRequestException(HttpRequestError.ResponseEnded);

        await Assert.ThrowsAsync<HttpRequestException>(AskAsync);

        Assert.Equal(["http://a:1/x?y=1"], _network.Asked);
    }

    [Fact]
    public async Task When_nobody_is_there_at_all_each_was_asked_once()
    {
        _network.Down["a"] = _network.Down["b"] = _network.Down["c"] = Nobody;

        Assert.Same(Nobody, await Assert.ThrowsAsync<HttpRequestException>(AskAsync));

        Assert.Equal(["http://a:1/x?y=1", "http://b:2/x?y=1", "http://c:3/x?y=1"], _network.Asked);
    }

    [Fact]
    public async Task A_silent_instance_is_passed_over_by_what_changes_nothing_and_left_by_the_next_call_of_what_does()
    {
        _network.Silent.UnionWith(["a", "b"]);
        using var http = new HttpClient(
            new InstancesHandler([new("http://a:1"), new("http://b:2"), new("http://c:3")], TimeSpan.FromMilliseconds(20))
            {
                InnerHandler = _network,
            });
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var posted = http.PostAsync(new Uri("http://wallet/x"), content: null, enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posted);
        using var answer = await http.GetAsync(new Uri("http://wallet/x"), TestContext.Current.CancellationToken);

        Assert.Equal(["http://a:1/x", "http://b:2/x", "http://c:3/x"], _network.Asked);
    }

    private static HttpRequestException Nobody { get; } = new(HttpRequestError.ConnectionError);

    private async Task AskAsync()
    {
        using var answer = await _client.GetAsync(new Uri("/x?y=1", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private sealed class Network : HttpMessageHandler
    {
        public Dictionary<string, Exception> Down { get; } = [];

        /// <summary>They accept, and never answer.</summary>
        public HashSet<string> Silent { get; } = [];

        public List<string> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.AbsoluteUri);
            if (Silent.Contains(request.RequestUri.Host))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return await (Down.TryGetValue(request.RequestUri.Host, out var trouble)
                ? Task.FromException<HttpResponseMessage>(trouble)
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)));
        }
    }
}
