namespace UnityEngine
{
    /// <summary>A text or bytes file imported as an asset.</summary>
    public class TextAsset : Object
    {
        private readonly byte[] _bytes;

        public TextAsset(string text)
            : this(System.Text.Encoding.UTF8.GetBytes(text))
        {
        }

        /// <summary>Unity imports bytes from a file; a test hands them in.</summary>
        public TextAsset(byte[] stubBytes) => _bytes = stubBytes;

        public byte[] bytes => (byte[])_bytes.Clone();

        public string text => System.Text.Encoding.UTF8.GetString(_bytes);
    }
}
