using Payments.CardProcessor.Books;
using Payments.CardProcessor.Faults;
using Payments.ServiceDefaults.Callers;

namespace Payments.CardProcessor.Api;

/// <summary>Every route on one page, and what changes the books.</summary>
internal static class ProcessorEndpoints
{
    public static void MapProcessor(this WebApplication app)
    {
        var v1 = app.MapGroup("/v1").WithTags("Processor");
        Post(v1.MapPost("/authorisations", Authorise), "authorise", "Asks a card for an amount.")
            .Produces<Operation>(StatusCodes.Status201Created);
        Post(v1.MapPost("/authorisations/{authorisationId}/captures", Capture), "capture", "Takes all or part of what is authorised.");
        Post(v1.MapPost("/authorisations/{authorisationId}/voids", Void), "void", "Gives back what is authorised and not captured.");
        Post(v1.MapPost("/authorisations/{authorisationId}/refunds", Refund), "refund", "Gives back all or part of what was captured.");
        Post(v1.MapPost("/reversals", Reverse), "reverse", "Undoes the authorisation that was made, or may yet arrive, under a key.");

        v1.MapGet("/operations/{**key}", LedgerEndpoints.Operation).WithName("getOperation").WithSummary("What happened under a key.")
            .Produces<Operation>().ProducesProblem(404);
        v1.MapGet("/authorisations/{authorisationId}", LedgerEndpoints.Authorisation).WithName("getAuthorisation")
            .WithSummary("An authorisation now.").Produces<Authorisation>().ProducesProblem(404);
        v1.MapGet("/books/operations", LedgerEndpoints.Operations).WithName("listOperations").WithSummary("All operations, oldest first.")
            .Produces<OperationPage>().ProducesProblem(400);
        v1.MapGet("/books/totals", LedgerEndpoints.Totals).WithName("getTotals")
            .WithSummary("What is open, captured and refunded, per currency.").Produces<LedgerTotals>();
    }

    private static RouteHandlerBuilder Post(RouteHandlerBuilder route, string name, string summary) => route
        .WithName(name).WithSummary(summary).Produces<Operation>().ProducesProblem(400).ProducesProblem(422).ProducesProblem(503);

    private static Task<IResult> Authorise(
        AuthoriseBody body, IdempotencyKey key, FaultsOfRequest faults, OperationHandler handler, HttpContext context)
    {
        var input = new Input();
        input.Token(body.Token);
        input.Amount(body.Amount);
        input.Currency(body.Currency);
        input.Reference(body.Reference);
        var request = new ProcessorRequest.Authorise(key.Value, body.Token, body.Amount, body.Currency, body.Reference);
        return handler.HandleAsync(input, request, faults, context);
    }

    private static Task<IResult> Capture(
        string authorisationId, AmountBody body, IdempotencyKey key, FaultsOfRequest faults, OperationHandler handler, HttpContext context)
    {
        var (input, id) = Amount(authorisationId, body);
        return handler.HandleAsync(input, new ProcessorRequest.Capture(key.Value, id, body.Amount, body.Currency), faults, context);
    }

    private static Task<IResult> Refund(
        string authorisationId, AmountBody body, IdempotencyKey key, FaultsOfRequest faults, OperationHandler handler, HttpContext context)
    {
        var (input, id) = Amount(authorisationId, body);
        return handler.HandleAsync(input, new ProcessorRequest.Refund(key.Value, id, body.Amount, body.Currency), faults, context);
    }

    private static Task<IResult> Void(
        string authorisationId, VoidBody _, IdempotencyKey key, FaultsOfRequest faults, OperationHandler handler, HttpContext context)
    {
        var input = new Input();
        return handler.HandleAsync(input, new ProcessorRequest.Void(key.Value, input.Authorisation(authorisationId)), faults, context);
    }

    private static Task<IResult> Reverse(
        ReverseBody body, IdempotencyKey key, FaultsOfRequest faults, OperationHandler handler, HttpContext context)
    {
        var input = new Input();
        input.OriginalKey(body.OriginalKey, key.Value);
        return handler.HandleAsync(input, new ProcessorRequest.Reverse(key.Value, body.OriginalKey), faults, context);
    }

    private static (Input Input, Guid Authorisation) Amount(string authorisationId, AmountBody body)
    {
        var input = new Input();
        var id = input.Authorisation(authorisationId);
        input.Amount(body.Amount);
        input.Currency(body.Currency);
        return (input, id);
    }
}
