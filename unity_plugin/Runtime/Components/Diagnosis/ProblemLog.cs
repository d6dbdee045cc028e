using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Logs each problem once while it comes and goes, and again after ten seconds without one.</summary>
    internal sealed class ProblemLog
    {
        private const int Most = 8;
        private const double ForgetSeconds = 10;

        private readonly string[] _logged = new string[Most];
        private int _next;
        private double _wellSince;

        /// <summary>All is well at this moment.</summary>
        internal void Well(double now)
        {
            if (_wellSince < 0)
            {
                _wellSince = now;
            }
        }

        /// <summary>A problem with this key and sentence.</summary>
        internal void Note(double now, string key, string sentence, UnityEngine.Object owner)
        {
            if (_wellSince >= 0 && now - _wellSince >= ForgetSeconds)
            {
                Array.Clear(_logged, 0, Most);
            }

            _wellSince = -1;
            if (Array.IndexOf(_logged, key) < 0)
            {
                _logged[_next] = key;
                _next = (_next + 1) % Most;
                Debug.LogWarning("FrameBridge: " + sentence, owner);
            }
        }
    }
}
