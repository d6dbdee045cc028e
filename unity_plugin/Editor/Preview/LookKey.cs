using System.Globalization;
using System.Text;

namespace FrameBridge.Editor
{
    /// <summary>A text that is equal for equal looks.</summary>
    internal static class LookKey
    {
        public static string Of(AvatarLook look)
        {
            var text = new StringBuilder();
            text.Append(look.Seed).Append('|').Append(look.Expression).Append('|');
            text.Append(look.Intensity.ToString("R", CultureInfo.InvariantCulture));
            foreach (var attribute in look.Attributes)
            {
                text.Append('|').Append(attribute.Name).Append('=').Append(attribute.Value);
            }

            return text.ToString();
        }
    }
}
