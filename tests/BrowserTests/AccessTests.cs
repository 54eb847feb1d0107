using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>Who sees the console, and who may do what in it.</summary>
public sealed class AccessTests(Platform platform)
{
    [Fact]
    public async Task Nobody_sees_anything_before_having_signed_in_and_then_sees_what_they_wanted()
    {
        await platform.People.SignedInAsync(People.Olga);
        await using var tab = await ConsoleTab.NewAsync(platform, person: null);
        var page = tab.Page;
        await page.GotoAsync($"{platform.Console}/dead-letters?service=wallets");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();

        await page.GetByLabel("Name").FillAsync(People.Olga);
        await page.GetByLabel("Password").FillAsync("not the right one");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The name or the password is wrong");
        await page.GetByLabel("Name").FillAsync(People.Olga);
        await page.GetByLabel("Password").FillAsync(People.OwnPassword);
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Dead letters", Level = 1 })).ToBeVisibleAsync();
        Assert.EndsWith("/dead-letters?service=wallets", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Your account" })).ToContainTextAsync("olga operator");

        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await page.GotoAsync($"{platform.Console}/wallets");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_viewer_is_told_which_role_is_missing_and_is_refused_by_the_service_itself()
    {
        var unknown = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("D");
        await platform.Poison.SendAsync(unknown, Poison.Credit(unknown, 700));
        var letter = await platform.DeadLetterAsync($"wallet/{unknown}");
        await using var tab = await ConsoleTab.OpenAsync(platform, $"/dead-letters/wallets/{letter}", person: People.Vera);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Discard", Exact = true }).First.ClickAsync();
        var form = tab.Page.GetByRole(AriaRole.Form, new() { Name = "Discard this message" });
        await Assertions.Expect(form.GetByRole(AriaRole.Button, new() { Name = "Discard", Exact = true })).ToBeDisabledAsync();
        await Assertions.Expect(form).ToContainTextAsync("This needs the role operator; you have viewer.");

        using var http = new HttpClient { BaseAddress = platform.Gateway };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await platform.People.TokenAsync(People.Vera));
        http.DefaultRequestHeaders.Add("Idempotency-Key", $"viewer-{unknown}");
        http.DefaultRequestHeaders.Add("X-Operator-Role", "admin");
        using var refused = await http.PostAsJsonAsync(
            $"/api/admin/wallets/dead-letters/{letter}/discard", new { reason = "around the page" });
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("role_missing", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_about_much_is_done_when_a_second_operator_agrees_and_never_by_the_first()
    {
        var unknown = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("D");
        await platform.Poison.SendAsync(unknown, Poison.Credit(unknown, (Platform.MuchMajor * 100L) + 1));
        var letter = await platform.DeadLetterAsync($"wallet/{unknown}");

        await using var olga = await ConsoleTab.OpenAsync(platform, $"/dead-letters/wallets/{letter}", person: People.Olga);
        await olga.Page.GetByRole(AriaRole.Button, new() { Name = "Discard", Exact = true }).First.ClickAsync();
        var form = olga.Page.GetByRole(AriaRole.Form, new() { Name = "Discard this message" });
        await form.GetByLabel("Reason").FillAsync("sent by mistake");
        await form.GetByRole(AriaRole.Button, new() { Name = "Discard", Exact = true }).ClickAsync();
        await Assertions.Expect(form.GetByRole(AriaRole.Status)).ToContainTextAsync("a second person must agree");
        await form.GetByRole(AriaRole.Link, new() { Name = "To the approvals" }).ClickAsync();

        var own = olga.Page.Locator(".approval", new() { HasText = $"dead-letter {letter}" });
        await own.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await own.GetByRole(AriaRole.Form).GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Assertions.Expect(own.GetByRole(AriaRole.Alert)).ToContainTextAsync("somebody else must approve it");

        await using var otto = await ConsoleTab.OpenAsync(platform, "/approvals", person: People.Otto);
        var card = otto.Page.Locator(".approval", new() { HasText = $"dead-letter {letter}" });
        await Assertions.Expect(card).ToContainTextAsync("sent by mistake");
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await card.GetByRole(AriaRole.Form).GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Assertions.Expect(card).ToHaveCountAsync(0);

        await otto.GoAsync($"/audit?source=wallets&subject=dead-letter%2F{letter}");
        var done = otto.Page.Locator("tr[data-act=discard]");
        await Assertions.Expect(done).ToContainTextAsync("olga (approved by otto)");
        await Assertions.Expect(done).ToContainTextAsync("sent by mistake");
        await otto.Page.GetByRole(AriaRole.Button, new() { Name = "Verify the trails" }).ClickAsync();
        await Assertions.Expect(otto.Page.Locator("[data-trail=wallets]")).ToContainTextAsync("are as they were sealed");
        await Assertions.Expect(otto.Page.Locator("[data-trail=operators]")).ToContainTextAsync("are as they were sealed");
    }

    [Fact]
    public async Task An_admin_makes_an_account_whose_owner_chooses_a_password_first()
    {
        var name = $"nina-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"[..20];
        await using var admin = await ConsoleTab.OpenAsync(platform, "/operators");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "New operator" }).ClickAsync();
        await admin.Page.GetByLabel("Name, in small letters").FillAsync(name);
        await admin.Page.GetByLabel("Role").SelectOptionAsync("operator");
        await admin.Page.GetByLabel("Reason").FillAsync("joins the night shift");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make", Exact = true }).ClickAsync();
        var oneTime = await admin.Test("one-time-password").InnerTextAsync();
        await Assertions.Expect(admin.Page.Locator($"[data-operator={name}]")).ToContainTextAsync("one-time password");

        await using var nina = await ConsoleTab.NewAsync(platform, person: null);
        await nina.Page.GotoAsync($"{platform.Console}/sign-in");
        await nina.Page.GetByLabel("Name").FillAsync(name);
        await nina.Page.GetByLabel("Password").FillAsync(oneTime.Trim());
        await nina.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(nina.Page.GetByRole(AriaRole.Heading, new() { Name = "Choose a password" })).ToBeVisibleAsync();
        await nina.Page.GotoAsync($"{platform.Console}/wallets");
        await Assertions.Expect(nina.Page.GetByRole(AriaRole.Heading, new() { Name = "Choose a password" })).ToBeVisibleAsync();
        await nina.Page.GetByLabel("Password now").FillAsync(oneTime.Trim());
        await nina.Page.GetByLabel("New password").FillAsync("a night shift long");
        await nina.Page.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
        await Assertions.Expect(nina.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(nina.Complaints);
    }
}
