using System;

namespace FrameBridge
{
    /// <summary>Rejects pictures that the server would reject, before they are copied.</summary>
    internal static class ImageCheck
    {
        public static void Check(in CameraImage image, int bytes, int poseBytes, BridgeLimits limits)
        {
            if (bytes == 0)
            {
                throw new ArgumentException("the picture is empty");
            }

            var pixel = BytesPerPixel(image.Format);
            if (pixel > 0)
            {
                CheckRaw(image, bytes, pixel);
            }

            if (limits == null)
            {
                return;
            }

            Within("the picture", bytes, limits.MaxImageBytes, "send a smaller one");
            CheckPose(poseBytes, limits);
            if (limits.MaxImagePixels > 0 && (long)image.Width * image.Height > limits.MaxImagePixels)
            {
                throw new BridgeException(
                    ErrorReason.TooLarge, $"{image.Width}x{image.Height} pixels are more than the server's {limits.MaxImagePixels}; send a smaller picture");
            }
        }

        public static void CheckPose(int bytes, BridgeLimits limits) =>
            Within("the pose", bytes, limits?.MaxPoseBytes ?? 0, "send a shorter one");

        private static void CheckRaw(in CameraImage image, int bytes, int pixel)
        {
            var row = (long)image.Width * pixel;
            var stride = image.RowStrideBytes == 0 ? row : image.RowStrideBytes;
            if (image.Width <= 0 || image.Height <= 0 || stride < row)
            {
                throw new ArgumentException($"a picture of {image.Width}x{image.Height} with rows of {stride} bytes is not possible");
            }

            var least = (stride * (image.Height - 1)) + row;
            if (bytes < least || bytes > stride * image.Height)
            {
                throw new ArgumentException(
                    $"{bytes} bytes for {image.Width}x{image.Height} pixels with rows of {stride} bytes; {stride * image.Height} are needed");
            }
        }

        private static int BytesPerPixel(ImageFormat format)
        {
            switch (format)
            {
                case ImageFormat.Rgb24: return 3;
                case ImageFormat.Rgba32:
                case ImageFormat.Bgra32: return 4;
                default: return 0;
            }
        }

        private static void Within(string what, int bytes, int most, string mend)
        {
            if (most > 0 && bytes > most)
            {
                throw new BridgeException(ErrorReason.TooLarge, $"{what} has {bytes} bytes and the server takes {most}; {mend}");
            }
        }
    }
}
