namespace Payments.CardProcessor;

/// <summary>From the configuration section <c>Processor</c>.</summary>
internal sealed record ProcessorOptions
{
    private const int HangMsMax = 600_000;

    /// <summary>Whether <c>/admin/faults</c> and the header <c>X-Fault</c> are there. On in Development unless told otherwise.</summary>
    public bool FaultControls { get; init; }

    /// <summary>How long a request hangs whose answer is to be lost, unless the client goes away before.</summary>
    public int HangMs { get; init; } = 30_000;

    /// <exception cref="InvalidOperationException">A value that means nothing.</exception>
    public static ProcessorOptions From(IConfiguration configuration, IHostEnvironment environment)
    {
        var section = configuration.GetSection("Processor");
        var defaults = new ProcessorOptions { FaultControls = environment.IsDevelopment() };
        var options = new ProcessorOptions
        {
            FaultControls = section.GetValue(nameof(FaultControls), defaults.FaultControls),
            HangMs = section.GetValue(nameof(HangMs), defaults.HangMs),
        };
        return options.HangMs is >= 0 and <= HangMsMax
            ? options
            : throw new InvalidOperationException($"Processor:HangMs is {options.HangMs}; a number from 0 to {HangMsMax} is wanted.");
    }
}
