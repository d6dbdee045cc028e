using System;
using System.Diagnostics;
using Unity.Profiling;
using UnityEngine;
using Debug = UnityEngine.Debug;

namespace FrameBridge
{
    /// <summary>
    /// The PlayerLoop step in which all components do their work with Unity: before Update, within a time budget.
    /// Components that do not get a turn in a frame are first in the next one. Main thread only.
    /// </summary>
    public static class BridgeLoop
    {
        private const int FirstCapacity = 32;

        private static readonly ProfilerMarker StepMarker = new ProfilerMarker("FrameBridge.Step");

        private static IBridgeStep[] s_steps = new IBridgeStep[FirstCapacity];
        private static int s_count;
        private static int s_next;
        private static bool s_holes;
        private static double s_budgetMilliseconds = 2;

        /// <summary>
        /// The step's budget per frame in milliseconds. At least one component gets its turn in every frame. Throws
        /// <see cref="ArgumentOutOfRangeException"/> for 0 or less.
        /// </summary>
        public static double BudgetMilliseconds
        {
            get => s_budgetMilliseconds;
            set => s_budgetMilliseconds = value > 0
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "the budget must be above 0 milliseconds");
        }

        /// <summary>Duration of the last step in milliseconds of wall-clock time.</summary>
        public static double LastMilliseconds { get; private set; }

        /// <summary>How often a component was deferred to the next frame, since play mode began.</summary>
        public static long PutOffCount { get; private set; }

        internal static void Add(IBridgeStep step)
        {
            if (s_count == 0)
            {
                Begin();
            }

            if (s_count == s_steps.Length)
            {
                Array.Resize(ref s_steps, s_count * 2);
            }

            s_steps[s_count++] = step;
        }

        internal static void Remove(IBridgeStep step)
        {
            int at = Array.IndexOf(s_steps, step, 0, s_count);
            if (at < 0)
            {
                return;
            }

            s_steps[at] = null; // the array may be in use: the hole is closed in the next step
            s_holes = true;
            if (IsEmpty())
            {
                End();
            }
        }

        internal static void Step()
        {
            StepMarker.Begin();
            long began = Stopwatch.GetTimestamp();
            CloseHoles();
            RunFirst();
            RunInTurn(began + (long)(s_budgetMilliseconds * Stopwatch.Frequency / 1000));
            LastMilliseconds = (Stopwatch.GetTimestamp() - began) * 1000.0 / Stopwatch.Frequency;
            StepMarker.End();
        }

        // Without a domain reload, statics keep their values from the last play mode.
        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void ResetStatics()
        {
            End();
            s_budgetMilliseconds = 2;
            LastMilliseconds = 0;
            PutOffCount = 0;
        }

        private static void Begin()
        {
            LoopInstaller.Install(Step, BridgeLoopEnd.Run);
            Application.quitting -= BridgeConnection.CloseAll;
            Application.quitting += BridgeConnection.CloseAll;
        }

        private static void End()
        {
            Array.Clear(s_steps, 0, s_steps.Length);
            s_count = 0;
            s_next = 0;
            s_holes = false;
            LoopInstaller.Uninstall();
            Application.quitting -= BridgeConnection.CloseAll;
        }

        private static void RunFirst()
        {
            for (int i = 0; i < s_count; i++)
            {
                if (s_steps[i] != null && s_steps[i].IsFirst)
                {
                    Run(s_steps[i]);
                }
            }
        }

        private static void RunInTurn(long deadline)
        {
            int count = s_count;
            int first = s_next < count ? s_next : 0;
            bool late = false;
            for (int i = 0; i < count; i++)
            {
                int at = first + i < count ? first + i : first + i - count;
                if (at >= s_count || s_steps[at] == null || s_steps[at].IsFirst)
                {
                    continue;
                }

                if (late)
                {
                    s_next = at;
                    PutOffCount++;
                    return;
                }

                Run(s_steps[at]);
                late = Stopwatch.GetTimestamp() >= deadline;
            }
        }

        private static void Run(IBridgeStep step)
        {
            try
            {
                step.Step();
            }
            catch (Exception error)
            {
                Debug.LogException(error); // an exception of one component, or its listener, must not stop the others
            }
        }

        private static bool IsEmpty()
        {
            for (int i = 0; i < s_count; i++)
            {
                if (s_steps[i] != null)
                {
                    return false;
                }
            }

            return true;
        }

        private static void CloseHoles()
        {
            if (!s_holes)
            {
                return;
            }

            int kept = 0;
            for (int i = 0; i < s_count; i++)
            {
                if (s_steps[i] != null)
                {
                    s_steps[kept++] = s_steps[i];
                }
            }

            Array.Clear(s_steps, kept, s_count - kept);
            s_count = kept;
            s_holes = false;
        }
    }
}
