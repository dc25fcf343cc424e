using System.Diagnostics;
using System.Net;
using System.Text.Json;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Tests.Imaging;

namespace UNetSharp.Tests.Samples;

public sealed class WebSampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _weights;
    private readonly Process _server;
    private readonly HttpClient _client;

    public WebSampleTests()
    {
        _weights = SamplePrograms.Weights(_folder);
        _server = SamplePrograms.Start("segment-web", "--weights", _weights, "--urls", "http://127.0.0.1:0");
        const string Before = "Now listening on: ";
        string? line;
        do
        {
            line = _server.StandardOutput.ReadLine();
            Assert.NotNull(line);
        }
        while (!line.Contains(Before, StringComparison.Ordinal));

        int at = line.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        _client = new HttpClient { BaseAddress = new Uri(line[at..]) };
    }

    [Fact]
    public async Task Pictures_become_masks_also_when_many_ask_at_once()
    {
        string[] names = ["colour8.png", "colour.webp", "grey8.tif", "rotated.jpg", "colour24.bmp"];
        using Segmenter segmenter = Segmenter.Load(_weights, threads: 1);

        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Post(File.ReadAllBytes(Fixtures.GetPath(names[i % names.Length])))));

        foreach ((int i, HttpResponseMessage answer) in answers.Index())
        {
            Assert.Equal(
                (HttpStatusCode.OK, "image/png"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Picture mask = ImageFile.Decode(await answer.Content.ReadAsByteArrayAsync(), "mask");
            Segmentation expected = segmenter.Segment(ImageFile.Read(Fixtures.GetPath(names[i % names.Length])));
            Assert.Equal(expected.Size, new PictureSize(mask.Height, mask.Width));
            Assert.Equal([.. expected.ComputeClasses().Select(index => index * 255f)], mask.Samples);
        }
    }

    [Fact]
    public async Task Bad_uploads_are_one_line_and_the_server_goes_on()
    {
        byte[] png = File.ReadAllBytes(Fixtures.GetPath("noise.png"));

        Assert.Contains("no image of a known kind", await Refusal(HttpStatusCode.BadRequest, "hello"u8.ToArray()));
        Assert.Contains("upload: is no image, or damaged", await Refusal(HttpStatusCode.BadRequest, png[..1000]));
        Assert.Contains(
            "50000x50000", await Refusal(HttpStatusCode.BadRequest, File.ReadAllBytes(Fixtures.GetPath("bomb.png"))));
        Assert.Contains("no image", await Refusal(HttpStatusCode.BadRequest, []));
        Assert.Contains(
            "larger than 32 MB", await Refusal(HttpStatusCode.RequestEntityTooLarge, new byte[(32 << 20) + 1]));

        Assert.Equal(HttpStatusCode.OK, (await Post(png)).StatusCode);
    }

    [Fact]
    public async Task The_page_is_there()
    {
        HttpResponseMessage answer = await _client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("fetch('segment'", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
        _folder.Dispose();
    }

    private async Task<HttpResponseMessage> Post(byte[] bytes)
    {
        using ByteArrayContent content = new(bytes);
        return await _client.PostAsync(new Uri("/segment", UriKind.Relative), content);
    }

    private async Task<string> Refusal(HttpStatusCode code, byte[] bytes)
    {
        HttpResponseMessage answer = await Post(bytes);

        Assert.Equal(
            (code, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        string detail = problem.RootElement.GetProperty("detail").GetString()!;
        Assert.DoesNotContain(detail, char.IsControl);
        return detail;
    }
}
