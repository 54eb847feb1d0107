using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts;
using Payments.Contracts.Operators;
using Payments.Gateway.ApiKeys;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.Operators;

/// <summary>What admins do about the accounts of others. Each act has a reason and is in the trail.</summary>
internal static class ManageOperators
{
    private const int ReasonLengthMin = 3;
    private const int ReasonLengthMax = 500;

    public static async Task<IResult> List(OperatorStore books, TimeProvider clock, CancellationToken cancel) => Results.Json(
        new OperatorList([.. (await books.ListAsync(cancel)).Select(account => ViewOf(account, clock.GetUtcNow()))]),
        OperatorJson.Default.OperatorList);

    public static async Task<IResult> Create(
        CreateOperatorRequest request, HttpContext context, ApiKeyDirectory keys, OperatorStore books, Passwords passwords,
        CancellationToken cancel)
    {
        if (!OperatorNames.IsValid(request.Name) || keys.IsClient(request.Name)
            || request.Name is CallerIdentity.Internal or CallerIdentity.SignedIn)
        {
            return Problems.Invalid("name", $"Must be {OperatorNames.Rule} It must not be the id of an API client.");
        }

        if (Refusal(request.Role, request.Reason) is { } refusal)
        {
            return refusal;
        }

        var password = Passwords.OneTime();
        var act = Act(context, "operator-created", request.Reason, request.Name, null, new JsonObject { ["role"] = request.Role });
        return await books.CreateAsync(
            request.Name, request.Role, passwords.Hash(request.Name, password), mustChange: true, act, cancel)
            ? Results.Json(
                new OneTimePasswordAnswer(request.Name, request.Role, password),
                OperatorJson.Default.OneTimePasswordAnswer,
                statusCode: StatusCodes.Status201Created)
            : Problems.Conflict("operator_exists", $"There is an operator '{request.Name}' already.");
    }

    public static async Task<IResult> SetRole(
        string name, RoleRequest request, HttpContext context, OperatorStore books, CancellationToken cancel)
    {
        if (Refusal(request.Role, request.Reason) is { } refusal)
        {
            return refusal;
        }

        if (await books.FindAsync(name, cancel) is not { } account)
        {
            return NotFound(name);
        }

        var act = Act(
            context, "role-changed", request.Reason, name,
            new JsonObject { ["role"] = account.Role }, new JsonObject { ["role"] = request.Role });
        return await books.SetRoleAsync(name, request.Role, act, cancel) ? Results.NoContent() : LastAdmin(name);
    }

    public static async Task<IResult> Disable(
        string name, ReasonRequest request, HttpContext context, OperatorStore books, CancellationToken cancel) =>
        Refusal(OperatorRoles.Viewer, request.Reason) is { } refusal ? refusal
        : await books.FindAsync(name, cancel) is not { } account ? NotFound(name)
        : account.DisabledAt is not null ? Problems.Conflict("operator_disabled", $"'{name}' is disabled already.")
        : await books.DisableAsync(name, Act(context, "operator-disabled", request.Reason, name), cancel) ? Results.NoContent()
        : LastAdmin(name);

    public static async Task<IResult> Enable(
        string name, ReasonRequest request, HttpContext context, OperatorStore books, CancellationToken cancel) =>
        Refusal(OperatorRoles.Viewer, request.Reason) is { } refusal ? refusal
        : await books.FindAsync(name, cancel) is null ? NotFound(name)
        : await books.EnableAsync(name, Act(context, "operator-enabled", request.Reason, name), cancel) ? Results.NoContent()
        : Problems.Conflict("operator_enabled", $"'{name}' is not disabled.");

    public static async Task<IResult> ResetPassword(
        string name, ReasonRequest request, HttpContext context, OperatorStore books, Passwords passwords, CancellationToken cancel)
    {
        if (Refusal(OperatorRoles.Viewer, request.Reason) is { } refusal)
        {
            return refusal;
        }

        if (await books.FindAsync(name, cancel) is not { } account)
        {
            return NotFound(name);
        }

        var password = Passwords.OneTime();
        return await books.SetPasswordAsync(
            name,
            passwords.Hash(name, password),
            mustChange: true,
            keep: null,
            Act(context, "password-reset", request.Reason, name),
            cancel)
            ? Results.Json(new OneTimePasswordAnswer(name, account.Role, password), OperatorJson.Default.OneTimePasswordAnswer)
            : Problems.Conflict("no_password", $"'{name}' signs in with {account.Issuer}, and has no password here.");
    }

    private static OperatorView ViewOf(OperatorAccount account, DateTimeOffset now) => new(
        account.Name,
        account.Role,
        account.DisabledAt is not null ? "disabled" : account.LockedUntil > now ? "locked" : "active",
        account.Issuer ?? "password",
        account.MustChange,
        account.CreatedAt,
        account.SignedInAt);

    private static AccessAct Act(
        HttpContext context, string act, string reason, string name, JsonNode? before = null, JsonNode? after = null) =>
        AccessAct.OfAccount(context.Features.GetRequiredFeature<SignedInOperator>().Name, act, reason.Trim(), name, before, after);

    private static ProblemHttpResult? Refusal(string role, string reason) =>
        OperatorRoles.Find(role) is null ? Problems.Invalid("role", $"Must be one of {string.Join(", ", OperatorRoles.Names)}.")
        : reason.Trim().Length is < ReasonLengthMin or > ReasonLengthMax || reason.Trim().Any(char.IsControl)
            ? Problems.Invalid("reason", $"Must be {ReasonLengthMin} to {ReasonLengthMax} characters without control characters.")
        : null;

    private static ProblemHttpResult NotFound(string name) => Problems.NotFound("not_found", $"There is no operator '{name}'.");

    private static ProblemHttpResult LastAdmin(string name) =>
        Problems.Conflict("last_admin", $"'{name}' is the last admin: make another one first.");
}
