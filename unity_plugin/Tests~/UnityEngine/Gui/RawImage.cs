using UnityEngine.Stub;

namespace UnityEngine.UI
{
    /// <summary>A picture in a canvas.</summary>
    public class RawImage : MonoBehaviour
    {
        private Texture _texture;

        public CanvasRenderer canvasRenderer
        {
            get
            {
                CanvasRenderer found = GetComponent<CanvasRenderer>();
                return found != null ? found : gameObject.AddComponent<CanvasRenderer>();
            }
        }

        public Texture texture
        {
            get => _texture;
            set
            {
                MainThread.Require("set_texture");
                _texture = value;
            }
        }

        public Rect uvRect { get; set; } = new Rect(0f, 0f, 1f, 1f);
    }
}
