using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>The operators of the tests: made through the API, signed in through the page, each once.</summary>
public sealed class People(IBrowser browser, HttpClient gateway, string console)
{
    public const string Admin = "admin";
    public const string Olga = "olga";
    public const string Otto = "otto";
    public const string Vera = "vera";

    public const string FirstPassword = "first-time-around";
    public const string OwnPassword = "correct horse battery";

    private static readonly Dictionary<string, string> Roles = new() { [Olga] = "operator", [Otto] = "operator", [Vera] = "viewer" };

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, string> _states = new();
    private string? _adminToken;

    /// <summary>The cookies of somebody who has signed in.</summary>
    public async Task<string> SignedInAsync(string person)
    {
        await _turn.WaitAsync();
        try
        {
            if (!_states.TryGetValue(person, out var state))
            {
                await MakeAsync(person);
                _states[person] = state = await SignInAsync(person);
            }

            return state;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A session of that person's own, for calls without the console.</summary>
    public async Task<string> TokenAsync(string person)
    {
        await SignedInAsync(person);
        return (string)(await PostAsync("/api/operators/sign-in", null, new { name = person, password = OwnPassword }))["token"]!;
    }

    private async Task MakeAsync(string person)
    {
        if (_adminToken is null)
        {
            _adminToken = await OwnPasswordAsync(Admin, FirstPassword);
        }

        if (Roles.TryGetValue(person, out var role))
        {
            var made = await PostAsync("/api/admin/operators", _adminToken, new { name = person, role, reason = "for the tests" });
            await OwnPasswordAsync(person, (string)made["oneTimePassword"]!);
        }
    }

    private async Task<string> OwnPasswordAsync(string person, string oneTime)
    {
        var token = (string)(await PostAsync("/api/operators/sign-in", null, new { name = person, password = oneTime }))["token"]!;
        await PostAsync("/api/operators/me/password", token, new { current = oneTime, @new = OwnPassword });
        return token;
    }

    private async Task<string> SignInAsync(string person)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{console}/sign-in");
        await page.GetByLabel("Name").FillAsync(person);
        await page.GetByLabel("Password").FillAsync(OwnPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        return await context.StorageStateAsync();
    }

    private async Task<JsonNode> PostAsync(string path, string? token, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.BaseAddress!, path))
        {
            Content = JsonContent.Create(body),
        };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var http = new HttpClient();   // Without the API key that the other has.
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
