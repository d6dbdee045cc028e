namespace UnityEngine.Rendering
{
    public class RenderPipelineAsset : ScriptableObject
    {
    }
}
