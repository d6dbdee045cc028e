namespace UnityEngine.UI
{
    public interface ILayoutElement
    {
        float preferredWidth { get; }

        float preferredHeight { get; }
    }
}
