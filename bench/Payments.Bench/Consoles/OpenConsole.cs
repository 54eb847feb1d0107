using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Payments.Bench.Consoles;

/// <summary>
/// A page of the console that is open and live, without a browser: it fetches the page, starts the circuit as Blazor's script does, takes
/// what is drawn and acknowledges it, and answers calls of scripts with little. What a browser does with it costs the browser.
/// </summary>
internal sealed partial class OpenConsole : IAsyncDisposable
{
    private const int ResultIsAnObject = 1;   // JSCallResultType.JSObjectReference
    private const int WidthPx = 1_200;
    private const int HeightPx = 800;
    private static readonly TimeSpan DrawnWithin = TimeSpan.FromSeconds(30);

    private static ReadOnlySpan<byte> HasStopped => "This page has stopped working"u8;

    private readonly HubConnection _connection;
    private readonly TaskCompletionSource _drawn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _batches;
    private long _bytes;
    private string? _trouble;

    private OpenConsole(string page, HubConnection connection)
    {
        Page = page;
        _connection = connection;
    }

    /// <summary>Its path.</summary>
    public string Page { get; }

    /// <summary>How often something was drawn.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What has ended it; null while it is live.</summary>
    public string? Trouble =>
        _trouble ?? (_connection.State == HubConnectionState.Connected ? null : $"the connection is {_connection.State}");

    /// <summary>It is drawn when this returns.</summary>
    /// <param name="page">Of the console, absolute.</param>
    /// <param name="cookies">Of somebody who has signed in.</param>
    /// <exception cref="NoResultException">It is not a live page, or did not become one.</exception>
    public static async Task<OpenConsole> OpenAsync(HttpClient http, Uri page, CookieContainer cookies, CancellationToken cancel)
    {
        var html = await http.GetStringAsync(page, cancel);
        var markers = ServerMarker().Matches(html).Select(m => JsonNode.Parse(m.Groups[1].Value)!).ToList();
        if (markers.Count == 0)
            throw new NoResultException($"{page.AbsolutePath} of the console has nothing live in it: {html[..Math.Min(html.Length, 200)]}");

        var builder = new HubConnectionBuilder().WithUrl(new Uri(page, "/_blazor"), options => options.Cookies = cookies);
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        var console = new OpenConsole(page.AbsolutePath, builder.Build());
        try
        {
            console.Listen();
            await console._connection.StartAsync(cancel);
            var state = PersistedState().Match(html) is { Success: true } found ? found.Groups[1].Value : "";
            var circuit = await console._connection.InvokeAsync<string?>(
                "StartCircuit", $"{new Uri(page, "/")}", $"{page}", "[]", "", cancel);
            if (circuit is null)
                throw new NoResultException($"The console refused a circuit for {page.AbsolutePath}: {console.Trouble}");
            await console._connection.SendAsync("UpdateRootComponents", Adding(markers), state, cancel);
            await console._drawn.Task.WaitAsync(DrawnWithin, cancel);
            return console;
        }
        catch (Exception trouble)
        {
            await console.DisposeAsync();
            throw trouble is TimeoutException
                ? new NoResultException($"{page.AbsolutePath} of the console was not drawn: {console._trouble}")
                : trouble;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Listen()
    {
        _connection.On<long, byte[]>("JS.RenderBatch", OnRenderBatchAsync);
        _connection.On<long, string, string, int, long, int>("JS.BeginInvokeJS", (call, function, arguments, result, _, _) =>
            CalledAsync(call, function, arguments, result));
        _connection.On<string>("JS.Error", error => _trouble = error);
        _connection.On<string, bool, string>("JS.EndInvokeDotNet", (_, succeeded, answer) => _trouble ??= succeeded ? null : answer);
        _connection.On<long>("JS.EndUpdateRootComponents", _ => { });
        _connection.Closed += closed =>
        {
            _trouble ??= closed?.Message ?? "closed";
            return Task.CompletedTask;
        };
    }

    private async Task OnRenderBatchAsync(long batch, byte[] drawn)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _bytes, drawn.Length);
        if (drawn.AsSpan().IndexOf(HasStopped) >= 0)
            _trouble ??= $"{Page} has stopped working";
        await _connection.SendAsync("OnRenderCompleted", batch, null);
        _drawn.TrySetResult();
    }

    private async Task CalledAsync(long call, string function, string arguments, int resultType)
    {
        var result = function switch
        {
            "Radzen.createChart" => $$"""{"left":0,"top":0,"width":{{WidthPx}},"height":{{HeightPx}}}""",
            _ when resultType == ResultIsAnObject => """{"__jsObjectId":1}""",
            _ => "null",
        };
        if (call != 0)
            await _connection.SendAsync("EndInvokeJSFromDotNet", call, true, $"[{call},true,{result}]");

        // The first rows of a list that draws only those in sight are in sight.
        if (function == "Blazor._internal.Virtualize.init")
        {
            var list = JsonNode.Parse(arguments)![0]!["__dotNetObject"]!.GetValue<long>();
            await _connection.SendAsync("BeginInvokeDotNetFromJS", "1", null, "OnSpacerBeforeVisible", list, $"[0,0,{HeightPx}]");
        }
    }

    private static string Adding(IEnumerable<JsonNode> markers) => JsonSerializer.Serialize(new
    {
        batchId = 1,
        operations = markers.Select((marker, i) => new { type = "add", ssrComponentId = i + 1, marker }),
    });

    [GeneratedRegex("<!--Blazor:(\\{\"type\":\"server\".*?\\})-->")]
    private static partial Regex ServerMarker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->")]
    private static partial Regex PersistedState();
}
