namespace FrameBridge
{
    /// <summary>How a picture lies in a tensor. The top row comes first; colours are sRGB, as in image files.</summary>
    public enum TensorLayout
    {
        /// <summary>Float32 from 0 to 1, a plane for each of red, green and blue: [3, height, width].</summary>
        Float32Chw = 0,

        /// <summary>UInt8 from 0 to 255, red, green and blue of each pixel together: [height, width, 3].</summary>
        UInt8Hwc = 1,
    }
}
