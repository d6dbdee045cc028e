namespace FrameBridge.Tests
{
    /// <summary>Walks over all fields of a message.</summary>
    internal sealed class WireReaderProbe
    {
        /// <summary>Whether the bytes are well-formed to their end.</summary>
        public bool Walk(byte[] bytes)
        {
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                reader.Skip();
            }

            return !reader.Failed;
        }
    }
}
