using System;
using System.Diagnostics;
using System.Threading;
using NUnit.Framework;
using UnityEditor;
using UnityEditor.Compilation;
using UnityEngine.Stub;

// All tests share the stub's editor, as with the real one.
[assembly: NonParallelizable]
[assembly: LevelOfParallelism(1)]

namespace FrameBridge.Editor.Tests
{
    /// <summary>An editor with an empty project, for each test.</summary>
    public abstract class Fixture
    {
        private const double LimitSeconds = 30;

        [SetUp]
        public void EmptyProject()
        {
            StubPlayer.Reset();
            StubGui.Reset();
            AssetDatabase.StubReset();
            PlayerSettings.StubReset();
            EditorApplication.StubReset();
            AssemblyReloadEvents.StubReset();
            PluginImporter.StubReset();
            CompilationPipeline.StubAssemblies.Clear();
            ProjectChoices.instance.FollowLibraries = true;
            ProjectChoices.instance.LocalNetworkText = string.Empty;
            Undo.StubSteps.Clear();
            PrefabUtility.StubRecorded.Clear();
            Selection.activeGameObject = null;
            Selection.activeObject = null;
            EditorUserBuildSettings.StubReset();
        }

        /// <summary>Runs editor updates until a condition holds. Fails on a timeout.</summary>
        protected static void Until(Func<bool> holds, string what)
        {
            var watch = Stopwatch.StartNew();
            while (!holds())
            {
                Assert.That(watch.Elapsed.TotalSeconds, Is.LessThan(LimitSeconds), () => "never: " + what);
                EditorApplication.StubTick();
                Thread.Yield();
            }
        }

        /// <summary>The suite's running server, or skips the test.</summary>
        protected static string LiveServer()
        {
            var address = Environment.GetEnvironmentVariable("FRAMEBRIDGE_SERVER");
            if (string.IsNullOrEmpty(address))
            {
                Assert.Ignore("set FRAMEBRIDGE_SERVER to the host:port of a running server");
            }

            return address;
        }
    }
}
