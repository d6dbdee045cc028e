using System.IO;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEditor.Compilation;

namespace FrameBridge.Editor.Tests
{
    /// <summary>What the Doctor reads from the import settings of a project's DLLs.</summary>
    public sealed class ProjectLibraryTests : Fixture
    {
        private const string Api = "Grpc.Core.Api.dll";
        private const string First = "Assets/Packages/Grpc.Core.Api.2.85.0/lib/netstandard2.1/" + Api;
        private const string Second = "Packages/org.nuget.grpc.core.api/" + Api;

        [SetUp]
        public void ByNuGetForUnity()
        {
            foreach (var name in Libraries.Needed.Concat(Libraries.NeededByHandler))
            {
                PluginImporter.StubAdd(name + ".dll" == Api ? First : $"Assets/Packages/{name}/{name}.dll");
            }

            CompilationPipeline.StubAssemblies["Cysharp.Net.Http.YetAnotherHttpHandler"] =
                "Packages/com.cysharp.yetanotherhttphandler/YetAnotherHttpHandler.Unity.asmdef";
        }

        [Test]
        public void AllOnceIsFine() =>
            Assert.That(Findings().Select(each => each.Level), Is.EqualTo(new[] { FindingLevel.Fine, FindingLevel.Fine }));

        [Test]
        public void ADoubleIsSeenThatTheCompilationPipelineDoesNotShow()
        {
            PluginImporter.StubAdd(Second);

            var listed = CompilationPipeline.GetPrecompiledAssemblyPaths(
                CompilationPipeline.PrecompiledAssemblySources.UserAssembly);
            Assert.That(listed.Count(path => Path.GetFileName(path) == Api), Is.EqualTo(1), "as Unity lists them");
            Assert.That(Doubles().Single(), Does.Contain($"{First} and {Second}"));
        }

        [Test]
        public void ADoubleTakesTheDefineAway()
        {
            LibraryWatch.Look(new LibraryCheck());
            Assert.That(GrpcDefine.OnEverywhere);

            PluginImporter.StubAdd(Second);
            LibraryWatch.Look(new LibraryCheck());

            Assert.That(GrpcDefine.OnAnywhere, Is.False);
        }

        [Test]
        public void OneThatIsSwitchedOffIsNoDouble()
        {
            PluginImporter.StubAdd(Second).StubOnlyFor(editor: false);

            Assert.That(Doubles(), Is.Empty);
        }

        [Test]
        public void OneWhoseConstraintsAreNotMetIsNoDouble()
        {
            var other = PluginImporter.StubAdd(Second);
            other.DefineConstraints = new[] { "UNITY_EDITOR || UNITY_ANDROID", "!UNITY_2022_3_OR_NEWER" };
            Assert.That(Doubles(), Is.Empty);

            other.DefineConstraints = new[] { "UNITY_2022_3_OR_NEWER", "!MINE" };
            Assert.That(Doubles(), Has.Length.EqualTo(1));
        }

        [Test]
        public void OneForTheEditorAndOneForAndroidAreNoDouble()
        {
            EditorUserBuildSettings.activeBuildTarget = BuildTarget.Android;
            PluginImporter.GetAllImporters().Single(each => each.assetPath == First).StubOnlyFor(editor: true);
            var other = PluginImporter.StubAdd(Second);
            other.SetExcludeEditorFromAnyPlatform(true);
            Assert.That(Findings().Select(each => each.Level), Is.All.EqualTo(FindingLevel.Fine));

            other.SetExcludeFromAnyPlatform(BuildTarget.Android, true);
            Assert.That(Findings().First().Found, Does.StartWith(Api + " is switched off in builds"));
        }

        [Test]
        public void TwoForAndroidAreADoubleOnceAndroidIsBuilt()
        {
            PluginImporter.StubAdd(Second).StubOnlyFor(editor: false, BuildTarget.Android);
            Assert.That(Doubles(), Is.Empty);

            EditorUserBuildSettings.activeBuildTarget = BuildTarget.Android;
            Assert.That(Doubles(), Has.Length.EqualTo(1));
        }

        [Test]
        public void OneThatIsExcludedFromTheEditorIsSwitchedOffThere()
        {
            PluginImporter.GetAllImporters().Single(each => each.assetPath == First).SetExcludeEditorFromAnyPlatform(true);

            Assert.That(Findings().First().Found, Does.StartWith(Api + " is switched off in the editor"));
        }

        [Test]
        public void NativePluginsAndUnitysOwnDllsAreNone()
        {
            PluginImporter.StubAdd("Packages/native/" + Api, native: true);
            PluginImporter.StubAdd("/opt/unity/Editor/Data/Managed/" + Api);

            Assert.That(Doubles(), Is.Empty);
        }

        [Test]
        public void OfTheSamplesAndOthersNobodySpeaks()
        {
            PluginImporter.StubAdd("Assets/A/Google.Protobuf.Mine.dll");
            PluginImporter.StubAdd("Assets/B/Google.Protobuf.Mine.dll");

            Assert.That(Doubles(), Is.Empty);
        }

        [TestCase("System.IO.Pipelines")]
        [TestCase("System.Runtime.CompilerServices.Unsafe")]
        public void WhatTheHandlerNeedsIsSaidOnce(string name)
        {
            PluginImporter.StubRemove($"Assets/Packages/{name}/{name}.dll");
            Assert.That(All().Count(each => each.Found.Contains(name)), Is.EqualTo(1), "missing");

            PluginImporter.StubAdd($"Packages/org.nuget.{name.ToLowerInvariant()}/{name}.dll");
            Assert.That(All().Count(each => each.Found.Contains(name)), Is.Zero, "there by the other way");

            PluginImporter.StubAdd($"Assets/Plugins/{name}.dll");
            Assert.That(All().Count(each => each.Found.Contains(name)), Is.EqualTo(1), "doubled");
        }

        [Test]
        public void AHandlerThatIsNoPackageIsAFault()
        {
            const string handler = "Cysharp.Net.Http.YetAnotherHttpHandler";
            Assert.That(new HandlerCheck().Examine().Single().Level, Is.EqualTo(FindingLevel.Fine));

            CompilationPipeline.StubAssemblies[handler] = "Assets/Yaha/YetAnotherHttpHandler.Unity.asmdef";
            Assert.That(new HandlerCheck().Examine().Single().Found, Does.Contain("Assets/Yaha"));

            CompilationPipeline.StubAssemblies.Clear();
            Assert.That(new HandlerCheck().Examine().Single().Found, Does.Contain("not in this project"));

            PluginImporter.StubAdd($"Assets/Packages/YetAnotherHttpHandler/{handler}.dll");
            Assert.That(new HandlerCheck().Examine().Single().Found, Does.Contain("not as a package"));
            Assert.That(new HandlerCheck().Examine().Single().Level, Is.EqualTo(FindingLevel.Fault));
        }

        private static Finding[] Findings()
        {
            LibraryWatch.Look(new LibraryCheck());
            return new LibraryCheck().Examine().ToArray();
        }

        private static Finding[] All() => Findings().Concat(new HandlerCheck().Examine()).ToArray();

        private static string[] Doubles() =>
            Findings().Select(each => each.Found).Where(found => found.Contains(" times: ")).ToArray();
    }
}
