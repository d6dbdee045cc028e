using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge
{
    /// <summary>Where and how often the avatar is shown.</summary>
    public sealed partial class AvatarTexture
    {
        /// <summary>The renderer that shows it, or null. A change restores the old one.</summary>
        public Renderer TargetRenderer
        {
            get => targetRenderer;
            set
            {
                targetRenderer = value;
                Rebind();
            }
        }

        /// <summary>The texture property of the renderer's shader; empty for the usual ones.</summary>
        public string TextureProperty
        {
            get => textureProperty;
            set
            {
                textureProperty = value;
                Rebind();
            }
        }

        /// <summary>The canvas image that shows it, or null.</summary>
        public RawImage TargetImage
        {
            get => targetImage;
            set
            {
                targetImage = value;
                Rebind();
            }
        }

        /// <summary>The render texture that it is copied to, or null.</summary>
        public RenderTexture TargetTexture
        {
            get => targetTexture;
            set
            {
                targetTexture = value;
                Rebind();
            }
        }

        /// <summary>Shown until the first frame, or null.</summary>
        public Texture Fallback
        {
            get => fallback;
            set
            {
                fallback = value;
                Present();
            }
        }

        /// <summary>Frames a second while visible, 1 to 120.</summary>
        public float FramesPerSecond
        {
            get => framesPerSecond;
            set => framesPerSecond = Mathf.Clamp(value, 1f, 120f);
        }

        /// <summary>Frames a second while not visible, up to 120; below 1 for none.</summary>
        public float OffScreenFramesPerSecond
        {
            get => offScreenFramesPerSecond;
            set => offScreenFramesPerSecond = Mathf.Clamp(value, 0f, 120f);
        }

        /// <summary>A frame's budget in seconds.</summary>
        public float BudgetSeconds
        {
            get => budgetSeconds;
            set => budgetSeconds = Mathf.Max(0.001f, value);
        }

        /// <summary>Whether late frames are shown too.</summary>
        public bool KeepLate
        {
            get => keepLate;
            set => keepLate = value;
        }

        /// <summary>
        /// Above 0 (at most 1) the server skips unchanged pictures but sends one each time this many seconds pass; 0
        /// sends all.
        /// </summary>
        public float HeartbeatSeconds
        {
            get => heartbeatSeconds;
            set => heartbeatSeconds = Mathf.Clamp01(value);
        }

        /// <summary>What happens to the server's slot while this component is disabled.</summary>
        public WhenDisabled WhenDisabled
        {
            get => whenDisabled;
            set => whenDisabled = value;
        }
    }
}
