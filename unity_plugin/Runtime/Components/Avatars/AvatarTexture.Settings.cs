using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>Where and how often the avatar is shown.</summary>
    public sealed partial class AvatarTexture
    {
        /// <summary>The renderer that shows it, or null. A change puts the old one back as it was.</summary>
        public Renderer TargetRenderer
        {
            get => targetRenderer;
            set
            {
                targetRenderer = value;
                Rebind();
            }
        }

        /// <summary>The texture's name in the renderer's shader; empty for the usual ones.</summary>
        public string TextureProperty
        {
            get => textureProperty;
            set
            {
                textureProperty = value;
                Rebind();
            }
        }

        /// <summary>The picture in a canvas that shows it, or null.</summary>
        public RawImage TargetImage
        {
            get => targetImage;
            set
            {
                targetImage = value;
                Rebind();
            }
        }

        /// <summary>The render texture that it is copied into, or null.</summary>
        public RenderTexture TargetTexture
        {
            get => targetTexture;
            set
            {
                targetTexture = value;
                Rebind();
            }
        }

        /// <summary>Shown until the first frame has come, or null.</summary>
        public Texture Fallback
        {
            get => fallback;
            set
            {
                fallback = value;
                Present();
            }
        }

        /// <summary>Frames a second while it can be seen, 1 to 120.</summary>
        public float FramesPerSecond
        {
            get => framesPerSecond;
            set => framesPerSecond = Mathf.Clamp(value, 1f, 120f);
        }

        /// <summary>Frames a second while nobody sees it, up to 120; below 1 there are none.</summary>
        public float OffScreenFramesPerSecond
        {
            get => offScreenFramesPerSecond;
            set => offScreenFramesPerSecond = Mathf.Clamp(value, 0f, 120f);
        }

        /// <summary>Seconds that a frame may take to be of use.</summary>
        public float BudgetSeconds
        {
            get => budgetSeconds;
            set => budgetSeconds = Mathf.Max(0.001f, value);
        }

        /// <summary>Whether frames that came after their budget are shown too.</summary>
        public bool KeepLate
        {
            get => keepLate;
            set => keepLate = value;
        }

        /// <summary>
        /// Above 0, while nothing changes the server sends no picture again but one in so many seconds, up to 1; 0 sends them all.
        /// </summary>
        public float HeartbeatSeconds
        {
            get => heartbeatSeconds;
            set => heartbeatSeconds = Mathf.Clamp01(value);
        }

        /// <summary>What becomes of the server's slot while this component is disabled.</summary>
        public WhenDisabled WhenDisabled
        {
            get => whenDisabled;
            set => whenDisabled = value;
        }
    }
}
