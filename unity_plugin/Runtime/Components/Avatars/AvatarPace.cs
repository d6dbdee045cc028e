namespace FrameBridge
{
    /// <summary>
    /// An avatar's frame rate: low while it is not visible. Becoming visible counts at once, becoming invisible after
    /// half a second, so that an avatar at the edge of the screen does not change its rate every frame.
    /// </summary>
    internal struct AvatarPace
    {
        private const double PatienceSeconds = 0.5;

        private double _seenAt;

        /// <summary>The current frame rate.</summary>
        internal float Rate(bool visible, double now, float onScreen, float offScreen)
        {
            if (visible)
            {
                _seenAt = now;
                return onScreen;
            }

            return now - _seenAt > PatienceSeconds ? offScreen : onScreen;
        }

        /// <summary>Restarts: the next half second counts as visible.</summary>
        internal void Restart(double now) => _seenAt = now;
    }
}
