namespace Payments.Console.Gateway;

/// <summary>Why there is no fresh answer.</summary>
public enum TroubleKind
{
    /// <summary>The gateway, or a service behind it, cannot be reached. Ends by itself.</summary>
    Unreachable,

    /// <summary>The gateway does not accept the console's API key.</summary>
    KeyRefused,

    /// <summary>The operator's session has ended.</summary>
    SignedOut,

    /// <summary>No trouble, but not done either: a second person must agree.</summary>
    NeedsApproval,

    /// <summary>What was asked for does not exist.</summary>
    NotFound,

    /// <summary>Anything else that was answered with a problem.</summary>
    Refused,
}

/// <param name="Message">One sentence for people.</param>
public sealed record Trouble(TroubleKind Kind, string Message);

/// <summary>What is known of a question: the last value, and the trouble that keeps it from being fresh. Neither: not asked yet.</summary>
public sealed record Answer<T>(T? Value, Trouble? Trouble)
    where T : class
{
    public static readonly Answer<T> None = new(null, null);
}
