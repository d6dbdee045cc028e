using UnityEngine;

namespace FrameBridge
{
    /// <summary>What is looked at, how often, and what for.</summary>
    public sealed partial class CameraRecognizer
    {
        /// <summary>Where the pictures come from. A change takes effect in the next frame.</summary>
        public CameraSource Source
        {
            get => source;
            set
            {
                source = value;
                Restart();
            }
        }

        /// <summary>The device's camera by its name; empty for the first one. A change takes effect in the next frame.</summary>
        public string WebCamName
        {
            get => webCamName;
            set
            {
                webCamName = value ?? string.Empty;
                Restart();
            }
        }

        /// <summary>Whether the picture of the device's camera comes out as in a mirror.</summary>
        public bool Mirror
        {
            get => mirror;
            set
            {
                mirror = value;
                Restart();
            }
        }

        /// <summary>The scene's camera: its pictures, and its pose for all sources. Null takes the main camera's pose.</summary>
        public Camera SceneCamera
        {
            get => sceneCamera;
            set
            {
                sceneCamera = value;
                Restart();
            }
        }

        /// <summary>The texture whose content is looked at.</summary>
        public Texture Texture
        {
            get => texture;
            set
            {
                texture = value;
                Restart();
            }
        }

        /// <summary>Longer side of the pictures that are sent, in pixels, 16 to 2048.</summary>
        public int LongestSide
        {
            get => longestSide;
            set
            {
                longestSide = Mathf.Clamp(value, 16, 2048);
                Restart();
            }
        }

        /// <summary>Most pictures a second, 0.1 to 60.</summary>
        public float PicturesPerSecond
        {
            get => picturesPerSecond;
            set
            {
                picturesPerSecond = Mathf.Clamp(value, 0.1f, 60f);
                Restart();
            }
        }

        /// <summary>How much the pictures show from bottom to top, in degrees; 0 for what the scene's camera shows.</summary>
        public float FieldOfView
        {
            get => fieldOfView;
            set => fieldOfView = value;
        }

        /// <summary>How the picture lies. The default fits every source that Unity draws, on every graphics API.</summary>
        public PictureRows Rows
        {
            get => rows;
            set => rows = value;
        }

        /// <summary>Whether objects are looked for.</summary>
        public bool Detect
        {
            get => detect;
            set => detect = value;
        }

        /// <summary>Seconds that boxes may take to be of use; 0 for the server's default.</summary>
        public float DetectSeconds
        {
            get => detectSeconds;
            set => detectSeconds = value;
        }

        /// <summary>Whether the picture as a whole is named.</summary>
        public bool Classify
        {
            get => classify;
            set => classify = value;
        }

        /// <summary>Seconds that a name for the picture may take to be of use; 0 for the server's default.</summary>
        public float ClassifySeconds
        {
            get => classifySeconds;
            set => classifySeconds = value;
        }

        /// <summary>Answers below this score are left out, 0 to 1; 0 for the server's default.</summary>
        public float ScoreThreshold
        {
            get => scoreThreshold;
            set => scoreThreshold = Mathf.Clamp01(value);
        }

        /// <summary>The most answers for each picture, up to 100; 0 for the server's default.</summary>
        public int MaxResults
        {
            get => maxResults;
            set => maxResults = Mathf.Clamp(value, 0, 100);
        }
    }
}
