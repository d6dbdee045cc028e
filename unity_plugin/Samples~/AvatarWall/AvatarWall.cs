using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>
    /// Sixteen avatars on one connection. Each changes its look from time to time; the server blends the faces. The
    /// game's part is in <see cref="Update"/>.
    /// </summary>
    public sealed class AvatarWall : MonoBehaviour
    {
        private const float Spacing = 1.1f;

        [SerializeField]
        [Tooltip("The avatar prefab.")]
        private AvatarTexture avatar;

        [SerializeField]
        [Range(1, 8)]
        [Tooltip("Avatars from left to right, and from top to bottom.")]
        private int side = 4;

        [SerializeField]
        [Range(1f, 60f)]
        [Tooltip("Frames a second of each avatar. A CPU draws a few dozen in total, a GPU hundreds.")]
        private float framesPerSecond = 4f;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("Seconds between changes; each takes one second.")]
        private float secondsBetweenMorphs = 0.5f;

        private readonly List<AvatarTexture> _avatars = new List<AvatarTexture>();
        private float _untilNext;
        private long _people;

        /// <summary>The avatars, row by row from the top.</summary>
        public IReadOnlyList<AvatarTexture> Avatars => _avatars;

        private void Start()
        {
            for (int row = 0; row < side; row++)
            {
                for (int column = 0; column < side; column++)
                {
                    _avatars.Add(Hang(column, row));
                }
            }
        }

        private void Update()
        {
            _untilNext -= Time.deltaTime;
            if (_untilNext <= 0f && _avatars.Count > 0)
            {
                _untilNext = secondsBetweenMorphs;
                AvatarTexture next = _avatars[(int)(_people % _avatars.Count)];
                next.Morph(new AvatarLook(++_people), 1f);
            }
        }

        private AvatarTexture Hang(int column, int row)
        {
            AvatarTexture hung = Instantiate(avatar, transform);
            hung.name = "Avatar " + (_avatars.Count + 1);
            float middle = (side - 1) / 2f;
            hung.transform.localPosition = new Vector3((column - middle) * Spacing, (middle - row) * Spacing, 0f);
            hung.Seed = 1000 + _avatars.Count;
            hung.FramesPerSecond = framesPerSecond;
            return hung;
        }
    }
}
