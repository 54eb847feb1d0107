using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BrowserTests;

/// <summary>The gateway's API page, under the policy that the gateway sends with it.</summary>
public sealed class ApiPageTests(Platform platform)
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task An_operation_is_tried_by_keyboard_with_a_key_and_nothing_comes_from_elsewhere(int width)
    {
        await using var context = await platform.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.AddRange(message.Type is "error" or "warning" ? [message.Text] : []);
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) => complaints.AddRange(IsElsewhere(request.Url) ? [request.Url] : []);

        await page.GotoAsync(new Uri(platform.Gateway, "/docs#tag/payments/GET/api/payments").ToString());
        await page.Locator("input:visible").First.FocusAsync();
        await page.Keyboard.TypeAsync("dev-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test Request (get /api/payments)" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).First.FocusAsync();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.Keyboard.PressAsync("Enter"), response => response.Url.EndsWith("/api/payments", StringComparison.Ordinal));

        Assert.Equal(200, answer.Status);
        await Expect(page.GetByText("\"items\"").Last).ToBeVisibleAsync();
        Assert.Empty(complaints);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    private bool IsElsewhere(string url) =>
        !url.StartsWith(platform.Gateway.ToString(), StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal);
}
