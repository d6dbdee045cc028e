using System.IO;
using System.Text.Json;

namespace FrameBridge.Asmdefs
{
    /// <summary>JSON files, read as strictly as Unity reads them.</summary>
    internal static class Json
    {
        internal static JsonElement Read(string path)
        {
            try
            {
                return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
            }
            catch (System.Exception error) when (error is JsonException || error is IOException)
            {
                throw new LaneException($"{path}: {error.Message}");
            }
        }
    }
}
