using System;

namespace FrameBridge
{
    /// <summary>Rejects settings that cannot work and says what to set instead.</summary>
    internal static class OptionsCheck
    {
        public static void Check(BridgeOptions options)
        {
            if (options == null)
            {
                throw new ArgumentNullException(nameof(options));
            }

            if (string.IsNullOrWhiteSpace(options.Address))
            {
                throw new ArgumentException("the address is empty; give one such as 127.0.0.1:50051", nameof(options));
            }

            Above(options.TimeoutSeconds, 0, nameof(options.TimeoutSeconds));
            Above(options.MaxBackoffSeconds, 0, nameof(options.MaxBackoffSeconds));
            Above(options.FrameBufferBytes, 0, nameof(options.FrameBufferBytes));
            Above(options.MaxFrameBytes, options.FrameBufferBytes - 1, nameof(options.MaxFrameBytes));
            Above(options.MaxMessageBytes, 1023, nameof(options.MaxMessageBytes));
        }

        private static void Above(double value, double least, string name)
        {
            if (!(value > least))
            {
                throw new ArgumentException($"{name} is {value}; give more than {least}");
            }
        }
    }
}
