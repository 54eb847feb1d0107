using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Payments.ServiceDefaults.Configuration;
using Payments.ServiceDefaults.Errors;

namespace Payments.ServiceDefaults.Requests;

/// <summary>
/// Takes a body whole before anything behind it sees a byte: what is too large is a 413, what is framed badly or cut off a 400, and neither
/// becomes the trouble of whoever reads it. After a 413 it reads on for a while: a connection closed under a client that is still sending
/// would lose the answer (what nginx calls a lingering close).
/// </summary>
internal sealed class RequestBodyMiddleware(
    RequestDelegate next, IProblemDetailsService problems, IOptions<LimitOptions> limits, TimeProvider clock)
{
    private const int ChunkBytes = 8 * 1024;
    private const long DrainBytesMax = 64L * 1024 * 1024;
    private static readonly TimeSpan DrainTimeMax = TimeSpan.FromSeconds(5);
    private readonly long _bytesMax = limits.Value.RequestBodyBytesMax;

    public Task InvokeAsync(HttpContext context) => context.Request.ContentLength switch
    {
        0 => next(context),
        { } length when length > _bytesMax => RefuseAsync(context),
        { } length => BufferAsync(context, (int)length),
        null => context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            ? BufferAsync(context, lengthExpected: 0)
            : next(context),
    };

    private async Task BufferAsync(HttpContext context, int lengthExpected)
    {
        Raise(context);
        var buffer = new MemoryStream(lengthExpected);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
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
        }
        catch (Exception fault) when (IsBadlyFramed(fault) && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";   // Nobody knows where the next request would begin.
            await Problems.Invalid("body", "Cannot be read: its length or its chunks are wrong.").ExecuteAsync(context);
            return;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        buffer.Position = 0;
        context.Request.Body = buffer;
        context.Request.Headers.TransferEncoding = default;
        context.Request.ContentLength = buffer.Length;
        context.Features.Set(new WholeBody(buffer.GetBuffer().AsMemory(0, (int)buffer.Length)));
        await next(context);
    }

    // The server throws whatever its parser stumbled over, so also an overflow. Too slow (408) and too large (413) tell their own status.
    private static bool IsBadlyFramed(Exception fault) =>
        fault is BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } or OverflowException or FormatException
            or InvalidOperationException or (IOException and not BadHttpRequestException);

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

/// <summary>The body of a request as it was read; there is none of a request without one.</summary>
internal sealed record WholeBody(ReadOnlyMemory<byte> Bytes);
