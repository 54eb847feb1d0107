namespace AppHost.Operating;

internal static class SignInCommand
{
    /// <summary>Says how to sign in to the console for the first time.</summary>
    /// <param name="password">Of the first admin, who changes it at once. What an admin has chosen since is nobody else's to know.</param>
    public static IResourceBuilder<ProjectResource> WithSignInCommand(
        this IResourceBuilder<ProjectResource> console, IResourceBuilder<ParameterResource> password) => console.WithCommand(
        "sign-in",
        "How to sign in",
        async context => CommandResults.Success(
            "The first sign-in",
            $"Sign in as admin with {await password.Resource.GetValueAsync(context.CancellationToken)}. "
            + "The password is for the first time: it must be changed, and then only the new one counts.",
            CommandResultFormat.Text,
            displayImmediately: true),
        new CommandOptions
        {
            Description = "Shows the name and the one-time password of the first admin.",
            IconName = "Key",
            IsHighlighted = true,
        });
}
