using System;

namespace FrameBridge
{
    /// <summary>
    /// Finds out why answers at a steady rate do not arrive, from the requests' outcomes. One late answer is no
    /// problem: there is one if for 0.75 seconds no answer, or hardly any, was on time; an answer on time ends it.
    /// Independent of the engine; does not allocate; time is an argument.
    /// </summary>
    internal sealed class ProblemWatch
    {
        /// <summary>Seconds without an answer on time that count as a problem.</summary>
        internal const double PatienceSeconds = 0.75;

        private const double LongestStepSeconds = 0.5; // a longer step is the game's own pause, without requests
        private const double PeriodsOfSilence = 1.5; // before it counts as silence
        private const double PeriodsOfMemory = 2.5; // for which an outcome counts
        private const int Habit = 2; // one late answer is normal

        private AnswerShare _share;
        private Outcome _last;
        private bool _isWatching;
        private bool _isRaised;
        private double _stepAt;
        private double _now;
        private double _goodAt;
        private double _freshAt; // the last new answer on time
        private double _badAt;
        private double _supersededAt;
        private int _badCount; // since the last answer on time
        private double _lateSeconds; // of the last answer, if it was late; else 0

        /// <summary>Starts a step. Call it before all others.</summary>
        internal void Advance(double now)
        {
            _now += Math.Min(now - _stepAt, LongestStepSeconds);
            _stepAt = now;
        }

        /// <summary>Answers are expected from now on.</summary>
        internal void Restart()
        {
            _isWatching = true;
            _isRaised = false;
            _goodAt = _freshAt = _now;
            _badAt = _supersededAt = double.NegativeInfinity;
            _badCount = 0;
            _last = default;
            _lateSeconds = 0;
            _share.Restart(_now);
        }

        /// <summary>No answers are expected until the next <see cref="Restart"/>.</summary>
        internal void Stop() => _isWatching = false;

        /// <summary>Answers are expected; no effect if they already were.</summary>
        internal void Expect()
        {
            if (!_isWatching)
            {
                Restart();
            }
        }

        /// <summary>An answer arrived on time, new or repeated.</summary>
        internal void Answered(bool isRepeated)
        {
            _goodAt = _now;
            _freshAt = isRepeated ? _freshAt : _now;
            _badCount = 0;
            _supersededAt = double.NegativeInfinity;
            if (_isRaised)
            {
                _isRaised = false;
                _share.Restart(_now);
            }

            _share.Count(_now, true);
        }

        /// <summary>An answer arrived too late to be used, this long after its request.</summary>
        internal void Late(double elapsed)
        {
            Bad();
            _last = default;
            _lateSeconds = elapsed;
        }

        /// <summary>A request ended without an answer, for this reason.</summary>
        internal void Unmet(in Outcome outcome)
        {
            if (outcome.Disposition == Disposition.Superseded)
            {
                _supersededAt = _now;
            }
            else if (outcome.Disposition != Disposition.Cancelled)
            {
                Bad();
                _last = outcome;
                _lateSeconds = 0;
            }
        }

        /// <summary>
        /// The problem; <see cref="ProblemKind.None"/> while all is well. In seconds: <paramref name="period"/> is the
        /// time between two requests, <paramref name="patience"/> the longest time an answer may take.
        /// </summary>
        internal ProblemCause Judge(double period, double patience, double budget, double link)
        {
            ProblemCause cause = default;
            if (_isWatching && IsFailing(period))
            {
                cause = _lateSeconds > 0 ? TooLate(budget, link) : OutcomeCause.Of(_last, budget, link);
            }
            else if (_isWatching)
            {
                double longest = Math.Max(Math.Max(PatienceSeconds, PeriodsOfSilence * period), patience);
                cause = Quiet(longest, link);
                if (cause.Kind == ProblemKind.None && _now - _freshAt >= longest && _goodAt > _freshAt)
                {
                    cause = new ProblemCause { Kind = ProblemKind.Repeat, BudgetSeconds = budget };
                }
            }

            _isRaised = cause.Kind != ProblemKind.None;
            return cause;
        }

        /// <summary>Whole seconds for the sentence; at least one.</summary>
        internal static int Whole(double seconds) => Math.Max(1, (int)seconds);

        private void Bad()
        {
            _badAt = _now;
            _badCount++;
            _share.Count(_now, false);
        }

        private bool IsFailing(double period)
        {
            double memory = Math.Max(2 * PatienceSeconds, PeriodsOfMemory * period);
            if (_badCount == 0 || _now - _badAt >= memory)
            {
                return false;
            }

            if (_last.Disposition == Disposition.Invalid || _last.Disposition == Disposition.Failed)
            {
                return true; // unrelated to timing: no reason to wait
            }

            int enough = _last.Reason == ErrorReason.UnknownModel ? 1 : Habit;
            return (_badCount >= enough && _now - _goodAt >= PatienceSeconds) || _share.IsTooSmall(_now);
        }

        private ProblemCause Quiet(double longest, double link)
        {
            double quiet = _now - Math.Max(_goodAt, _badAt);
            if (quiet < longest)
            {
                return default;
            }

            return _now - _supersededAt < longest
                ? new ProblemCause { Kind = ProblemKind.Backlog, LinkSeconds = link }
                : new ProblemCause { Kind = ProblemKind.Silence, QuietSeconds = Whole(quiet) };
        }

        private ProblemCause TooLate(double budget, double link) => new ProblemCause
        {
            Kind = ProblemKind.Link,
            NeededSeconds = _lateSeconds,
            LinkSeconds = link,
            BudgetSeconds = budget,
        };
    }
}
