using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Payments.ServiceDefaults;

/// <summary>
/// Answers 413 before anything behind it has seen a byte of a body that is too large, and reads on for a while: a connection closed under a
/// client that is still sending would lose the answer (what nginx calls a lingering close).
/// </summary>
internal sealed class RequestBodyLimitMiddleware(
    RequestDelegate next, IProblemDetailsService problems, IOptions<LimitOptions> limits, TimeProvider clock)
{
    private const long DrainBytesMax = 64L * 1024 * 1024;
    private static readonly TimeSpan DrainTimeMax = TimeSpan.FromSeconds(5);
    private readonly long _bytesMax = limits.Value.RequestBodyBytesMax;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } length)
        {
            return length <= _bytesMax ? next(context) : RefuseAsync(context);
        }

        return context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } ? BufferAsync(context) : next(context);
    }

    // A body without a length is taken whole first; its size is known only then.
    private async Task BufferAsync(HttpContext context)
    {
        Raise(context);
        using var buffer = new MemoryStream();
        var chunk = new byte[8 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (buffer.Length + read > _bytesMax)
            {
                await RefuseAsync(context);
                return;
            }

            buffer.Write(chunk, 0, read);
        }

        buffer.Position = 0;
        context.Request.Body = buffer;
        context.Request.Headers.TransferEncoding = default;
        context.Request.ContentLength = buffer.Length;
        await next(context);
    }

    private async Task RefuseAsync(HttpContext context)
    {
        Raise(context);
        context.Response.Headers.Connection = "close";
        var problem = Problems.Details(
            StatusCodes.Status413PayloadTooLarge, ProblemCodes.RequestTooLarge, $"The body is larger than {_bytesMax} bytes.");
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
        await context.Response.CompleteAsync();
        if (context.Request.Headers.Expect.Count == 0)   // Who expects 100-continue has sent nothing yet and, being refused, will not.
        {
            await DrainAsync(context);
        }
    }

    private async Task DrainAsync(HttpContext context)
    {
        using var time = new CancellationTokenSource(DrainTimeMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, context.RequestAborted);
        var waste = new byte[16 * 1024];
        try
        {
            while (await context.Request.Body.ReadAsync(waste, either.Token) > 0)
            {
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The answer is out; a client that hangs, leaves or sends yet more gets no more patience.
        }
    }

    private static void Raise(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = DrainBytesMax;
        }
    }
}
