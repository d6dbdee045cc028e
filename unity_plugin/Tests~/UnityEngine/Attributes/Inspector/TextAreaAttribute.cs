namespace UnityEngine
{
    public sealed class TextAreaAttribute : PropertyAttribute
    {
        public TextAreaAttribute()
        {
        }

        public TextAreaAttribute(int minLines, int maxLines)
        {
        }
    }
}
