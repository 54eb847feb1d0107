using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Payments.Bench.Consoles;

/// <summary>The first admin, signed in to the console.</summary>
internal sealed partial class Operator : IDisposable
{
    public const string OneTimePassword = "first-time-around";

    private const string Name = "admin";
    private const string Password = "correct horse battery";

    private readonly HttpClientHandler _handler = new() { UseProxy = false };

    private Operator() => Http = new HttpClient(_handler);

    /// <summary>With the cookies.</summary>
    public HttpClient Http { get; }

    public CookieContainer Cookies => _handler.CookieContainer;

    /// <summary>Gives the account a password of its own.</summary>
    public static async Task TakeAccountAsync(Uri gateway, CancellationToken cancel)
    {
        var token = await PostAsync(gateway, "/api/operators/sign-in", null, new { name = Name, password = OneTimePassword }, cancel);
        await PostAsync(gateway, "/api/operators/me/password", token, new { current = OneTimePassword, @new = Password }, cancel);
    }

    /// <returns>A page of a browser that has signed in, after <see cref="TakeAccountAsync"/>.</returns>
    public static async Task<IPage> SignInAsync(IBrowser browser, Uri console)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{new Uri(console, "/sign-in")}");
        await page.GetByLabel("Name").FillAsync(Name);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByText("Live", new() { Exact = true }).WaitForAsync();
        return page;
    }

    /// <param name="gateway">Where the account gets a password of its own.</param>
    public static async Task<Operator> SignInAsync(Uri gateway, Uri console, CancellationToken cancel)
    {
        await TakeAccountAsync(gateway, cancel);
        var someone = new Operator();
        var page = await someone.Http.GetStringAsync(new Uri(console, "/sign-in"), cancel);
        var hidden = HiddenField().Matches(page)
            .Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
        using var form = new FormUrlEncodedContent([.. hidden, new("Form.Name", Name), new("Form.Password", Password)]);
        using var answer = await someone.Http.PostAsync(new Uri(console, "/sign-in"), form, cancel);
        return someone.Cookies.Count > 0 && answer.IsSuccessStatusCode
            ? someone
            : throw new NoResultException($"Nobody can sign in to the console: {(int)answer.StatusCode}");
    }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }

    /// <returns>The session, where one was made.</returns>
    private static async Task<string?> PostAsync(Uri gateway, string path, string? token, object body, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.PostAsJsonAsync(path, body, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        return !answer.IsSuccessStatusCode ? throw new NoResultException($"{path}: {(int)answer.StatusCode} {text}")
            : text.Length == 0 ? null
            : (string?)JsonNode.Parse(text)!["token"];
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();
}
