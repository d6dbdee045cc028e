using UnityEngine;

namespace FrameBridge
{
    /// <summary>The source, the rate and the tasks.</summary>
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

        /// <summary>
        /// The name of the device's camera; empty for the first one. A change takes effect in the next frame.
        /// </summary>
        public string WebCamName
        {
            get => webCamName;
            set
            {
                webCamName = value ?? string.Empty;
                Restart();
            }
        }

        /// <summary>Whether the picture of the device's camera is mirrored.</summary>
        public bool Mirror
        {
            get => mirror;
            set
            {
                mirror = value;
                Restart();
            }
        }

        /// <summary>The scene's camera: its pictures, and its pose for all sources. Null for the main camera's pose.</summary>
        public Camera SceneCamera
        {
            get => sceneCamera;
            set
            {
                sceneCamera = value;
                Restart();
            }
        }

        /// <summary>The texture to analyse.</summary>
        public Texture Texture
        {
            get => texture;
            set
            {
                texture = value;
                Restart();
            }
        }

        /// <summary>Longer side of the sent pictures in pixels, 16 to 2048.</summary>
        public int LongestSide
        {
            get => longestSide;
            set
            {
                longestSide = Mathf.Clamp(value, 16, 2048);
                Restart();
            }
        }

        /// <summary>Maximum pictures a second, 0.1 to 60.</summary>
        public float PicturesPerSecond
        {
            get => picturesPerSecond;
            set
            {
                picturesPerSecond = Mathf.Clamp(value, 0.1f, 60f);
                Restart();
            }
        }

        /// <summary>Vertical field of view of the pictures in degrees; 0 for that of the scene's camera.</summary>
        public float FieldOfView
        {
            get => fieldOfView;
            set => fieldOfView = value;
        }

        /// <summary>
        /// Order of the picture's rows. The default fits every source that Unity draws, on every graphics API.
        /// </summary>
        public PictureRows Rows
        {
            get => rows;
            set => rows = value;
        }

        /// <summary>Whether objects are detected, with boxes.</summary>
        public bool Detect
        {
            get => detect;
            set => detect = value;
        }

        /// <summary>The budget of boxes in seconds; 0 for the server's default.</summary>
        public float DetectSeconds
        {
            get => detectSeconds;
            set => detectSeconds = value;
        }

        /// <summary>
        /// Whether detected objects are followed: results are then of <see cref="RecognitionKind.Track"/>, and boxes have an
        /// id and a velocity.
        /// </summary>
        public bool Track
        {
            get => track;
            set => track = value;
        }

        /// <summary>Whether objects are followed by their colours too.</summary>
        public bool ByAppearance
        {
            get => byAppearance;
            set => byAppearance = value;
        }

        /// <summary>Whether the whole picture is classified.</summary>
        public bool Classify
        {
            get => classify;
            set => classify = value;
        }

        /// <summary>The budget of the picture's class in seconds; 0 for the server's default.</summary>
        public float ClassifySeconds
        {
            get => classifySeconds;
            set => classifySeconds = value;
        }

        /// <summary>Whether faces are found: boxes, six points each, and how the head is turned.</summary>
        public bool Faces
        {
            get => faces;
            set => faces = value;
        }

        /// <summary>Whether 468 points are fitted to one face, or to as many as <see cref="MaxResults"/> says, up to four.</summary>
        public bool FaceMesh
        {
            get => faceMesh;
            set => faceMesh = value;
        }

        /// <summary>Whether the people in the picture are masked.</summary>
        public bool People
        {
            get => people;
            set => people = value;
        }

        /// <summary>The budget of faces, meshes and masks in seconds; 0 for the server's default.</summary>
        public float PeopleSeconds
        {
            get => peopleSeconds;
            set => peopleSeconds = value;
        }

        /// <summary>Answers below this score are left out, 0 to 1; 0 for the server's default.</summary>
        public float ScoreThreshold
        {
            get => scoreThreshold;
            set => scoreThreshold = Mathf.Clamp01(value);
        }

        /// <summary>The maximum number of answers per picture, up to 100; 0 for the server's default.</summary>
        public int MaxResults
        {
            get => maxResults;
            set => maxResults = Mathf.Clamp(value, 0, 100);
        }
    }
}
