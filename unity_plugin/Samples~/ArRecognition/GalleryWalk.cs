using UnityEngine;

namespace FrameBridge.Samples
{
    /// <summary>
    /// Moves a camera back and forth in front of a wall of pictures, as a person with a phone would. Boxes belong to
    /// the moment their picture was taken; the overlay draws them where the objects are now, so they stay in place
    /// while the camera moves.
    /// </summary>
    public sealed class GalleryWalk : MonoBehaviour
    {
        [SerializeField]
        [Tooltip("The moving camera.")]
        private Transform walker;

        [SerializeField]
        [Min(0f)]
        [Tooltip("Distance to each side in metres.")]
        private float reach = 2.5f;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("Seconds for one round trip.")]
        private float seconds = 16f;

        /// <summary>The moving camera.</summary>
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
