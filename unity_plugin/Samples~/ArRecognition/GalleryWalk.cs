using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>
    /// Walks a camera to and fro before a wall of pictures, as somebody with a phone would. Boxes are of the moment at which
    /// their picture was taken; the overlay draws them where the things are now, so they stay while the camera walks.
    /// </summary>
    public sealed class GalleryWalk : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The camera that walks.")]
        private Transform walker;

        [SerializeField]
        [Min(0f)]
        [Tooltip("How far it goes to each side, in metres.")]
        private float reach = 2.5f;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("Seconds for one way there and back.")]
        private float seconds = 16f;

        /// <summary>The camera that walks.</summary>
        public Transform Walker
        {
            get => walker;
            set => walker = value;
        }

        private void Update()
        {
            float x = reach * (float)System.Math.Sin(Time.time / seconds * 2.0 * System.Math.PI);
            walker.position = new Vector3(x, walker.position.y, walker.position.z);
        }
    }
}
