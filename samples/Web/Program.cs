// Segments pictures over HTTP: dotnet run --project samples/Web -- --weights RUN [--urls http://localhost:5000]
// POST /segment takes the bytes of an image file and gives a PNG mask; GET / is a page to try it.
using Microsoft.AspNetCore.RateLimiting;
using Samples.Web;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Interop;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["weights"] is not { } weights)
{
    Console.Error.WriteLine("usage: segment-web --weights RUN [--urls http://localhost:5000]");
    return 2;
}

try
{
    // One for all requests: it may be called from any thread. Handed over by a function, it is disposed of at the end.
    Segmenter segmenter = Segmenter.Load(weights);
    builder.Services.AddSingleton(_ => segmenter);
}
catch (Exception e) when (e is CheckpointException or DataException)
{
    Console.Error.WriteLine($"segment-web: {e.Message}");
    return 1;
}

// Requests compute one after the other, each on all threads. More than a few at once would hold pictures in memory for
// nothing.
builder.Services.AddRateLimiter(options => options.AddConcurrencyLimiter("few", limit =>
{
    limit.PermitLimit = Environment.ProcessorCount;
    limit.QueueLimit = 100;
}));

builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

// The endpoint limits uploads itself, and says so in its own words.
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);

WebApplication app = builder.Build();
app.UseRateLimiter();
app.MapGet("/", () => Results.Stream(typeof(Uploads).Assembly.GetManifestResourceStream("page.html")!, "text/html"));
app.MapPost("/segment", Uploads.SegmentAsync).RequireRateLimiting("few");
app.Run();
return 0;
