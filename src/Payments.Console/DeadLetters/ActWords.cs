namespace Payments.Console;

/// <summary>What people did, in plain words. An act that this console does not know is told by its name.</summary>
public static class ActWords
{
    public static string Of(string act) => act switch
    {
        "edit" => "Edited",
        "replay" => "Replayed",
        "discard" => "Discarded",
        "replay-created" => "Started",
        "replay-paused" => "Paused",
        "replay-resumed" => "Resumed",
        "replay-cancelled" => "Cancelled",
        _ => act,
    };
}
