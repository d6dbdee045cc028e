namespace FrameBridge
{
    /// <summary>
    /// How often an avatar asks for frames: seldom while nobody sees it. Coming into sight counts at once, going out of sight
    /// after half a second, so that one at the edge of the screen does not change its mind in every frame.
    /// </summary>
    internal struct AvatarPace
    {
        private const double PatienceSeconds = 0.5;

        private double _seenAt;

        /// <summary>Frames a second to ask for now.</summary>
        internal float Rate(bool visible, double now, float onScreen, float offScreen)
        {
            if (visible)
            {
                _seenAt = now;
                return onScreen;
            }

            return now - _seenAt > PatienceSeconds ? offScreen : onScreen;
        }

        /// <summary>Begins anew: half a second from now counts as seen.</summary>
        internal void Restart(double now) => _seenAt = now;
    }
}
