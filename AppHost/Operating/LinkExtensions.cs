namespace AppHost.Operating;

internal static class LinkExtensions
{
    /// <summary>A link to a page below the first address of a resource, beside that address.</summary>
    public static void AddPath(this ResourceUrlsCallbackContext context, string path, string text)
    {
        if (context.Urls.FirstOrDefault(url => url.Endpoint?.EndpointName == "http") is { } first)
        {
            context.Urls.Add(new ResourceUrlAnnotation { Url = new Uri(new Uri(first.Url), path).ToString(), DisplayText = text });
        }
    }
}
