using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Payments.EventStore.Sealing.Archives;

/// <summary>Lines of text in a gzip file, with its SHA-256 beside it: <c>zcat</c> shows it and <c>sha256sum -c</c> checks it.</summary>
internal static partial class ArchiveFile
{
    private const int BufferBytes = 1 << 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Writes a new file. It is on the disk when this returns, but perhaps not yet its name: see <see cref="PublishAsync"/>.
    /// </summary>
    public static async Task WriteAsync(string file, IAsyncEnumerable<string> lines, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes, useAsync: true);
        await using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        await using (var writer = new StreamWriter(gzip, Utf8, BufferBytes) { NewLine = "\n" })
        {
            await foreach (var line in lines.WithCancellation(cancel))
            {
                await writer.WriteLineAsync(line.AsMemory(), cancel);
            }
        }

        await stream.FlushAsync(cancel);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Gives a finished file its name, writes its checksum beside it, and sees to it that both names survive a power cut.
    /// </summary>
    public static async Task PublishAsync(string unfinished, string file, ReadOnlyMemory<byte> checksum, CancellationToken cancel)
    {
        File.Move(unfinished, file, overwrite: true);
        await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
        {
            await stream.WriteAsync(Utf8.GetBytes($"{Convert.ToHexStringLower(checksum.Span)}  {Path.GetFileName(file)}\n"), cancel);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, ChecksumFile(file), overwrite: true);
        FlushFolder(Path.GetDirectoryName(file)!);
    }

    public static async IAsyncEnumerable<string> LinesAsync(string file, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = Open(file);
        await using var gzip = new GZipStream(stream, CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Utf8, detectEncodingFromByteOrderMarks: false, BufferBytes);
        while (await NextAsync() is { } line)
        {
            yield return line;
        }

        async Task<string?> NextAsync()
        {
            try
            {
                return await reader.ReadLineAsync(cancel);
            }
            catch (Exception damage) when (damage is InvalidDataException or DecoderFallbackException)
            {
                throw new ArchiveCorruptException(file, "it cannot be unpacked.", damage);
            }
        }
    }

    public static async Task<byte[]> ChecksumAsync(string file, CancellationToken cancel)
    {
        await using var stream = Open(file);
        return await SHA256.HashDataAsync(stream, cancel);
    }

    /// <summary>Compares a file with the checksum beside it.</summary>
    /// <exception cref="ArchiveCorruptException">It is another file than was written, or there is no checksum.</exception>
    public static async Task CheckAsync(string file, CancellationToken cancel)
    {
        var actual = Convert.ToHexStringLower(await ChecksumAsync(file, cancel));
        if (!File.Exists(ChecksumFile(file)))
        {
            throw new ArchiveCorruptException(file, $"there is no {Path.GetFileName(ChecksumFile(file))} beside it.");
        }

        if ((await File.ReadAllTextAsync(ChecksumFile(file), cancel)).Split(' ')[0] != actual)
        {
            throw new ArchiveCorruptException(
                file, $"its SHA-256 is {actual}, which is not what {Path.GetFileName(ChecksumFile(file))} says.");
        }
    }

    public static string ChecksumFile(string file) => file + ".sha256";

    private static FileStream Open(string file) =>
        new(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);

    // A new name is safe only when its folder is: otherwise a power cut could take the file after the partition is gone.
    private static void FlushFolder(string folder)
    {
        var handle = OpenFolder(folder, 0);
        try
        {
            if (handle < 0 || Flush(handle) != 0)
            {
                throw new IOException($"{folder} cannot be flushed to disk: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = handle < 0 ? 0 : CloseFolder(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFolder(string path, int readOnly);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFolder(int handle);
}
