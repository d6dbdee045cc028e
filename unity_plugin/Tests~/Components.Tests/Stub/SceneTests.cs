using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.SceneManagement;
using UnityEngine.Stub;
using static FrameBridge.Components.Tests.SceneFiles;
using Object = UnityEngine.Object;

namespace FrameBridge.Components.Tests
{
    /// <summary>Scenes, prefabs and instances are created and awake as in Unity.</summary>
    public sealed class SceneTests
    {
        private const string Fields =
            "  number: 12\n  words: 'said: it'\n  tint: {r: 1, g: 0.5, b: 0, a: 1}\n  other: {fileID: 22}\n  place: {fileID: 21}\n"
            + "  friends:\n  - {fileID: 12}\n  - {fileID: 22}\n  pairs:\n  - key: a\n    value: 1.5\n  - key: b\n    value: 2\n"
            + "  told:\n    m_PersistentCalls:\n      m_Calls:\n      - m_Target: {fileID: 22}\n"
            + "        m_MethodName: Hear\n        m_Mode: 0\n        m_CallState: 2\n"
            + "      - m_Target: {fileID: 12}\n        m_MethodName: Hear\n        m_Mode: 5\n        m_Arguments:\n"
            + "          m_StringArgument: always this\n        m_CallState: 2\n"
            + "  forgotten: 9\n  hidden: 9\n  wasCalled: 2\n";

        private SceneFiles _files;

        [SetUp]
        public void Begin()
        {
            StubPlayer.Reset();
            Probe.Diary.Clear();
            _files = new SceneFiles();
            _files.Write("Prefab.prefab", Prefab,
                Object(100, "Made", SceneFiles.Probe, "  number: 5\n  other: {fileID: 112}\n", 0, "\n  - {fileID: 111}")
                + Object(110, "Child", SceneFiles.Probe, "  other: {fileID: 102}\n  friends: []\n", 101));
            _files.Write("First.unity", "aa" + SceneFiles.Probe.Substring(2),
                Object(10, "One", SceneFiles.Probe, Fields) + Object(20, "Two", SceneFiles.EarlyProbe)
                + Object(30, "Off", SceneFiles.Probe, active: 0));
            _files.Write("Second.unity", "bb" + SceneFiles.Probe.Substring(2), Object(10, "Three", SceneFiles.Probe));
            _files.Write("Instances.unity", "cc" + SceneFiles.Probe.Substring(2), Instances());
        }

        [TearDown]
        public void End()
        {
            StubPlayer.ExitPlayMode();
            StubPlayer.Reset();
            _files.Dispose();
        }

        [Test]
        public void A_scene_wakes_by_execution_order_and_starts_in_the_next_frame()
        {
            Play("First");

            Assert.That(Probe.Diary, Is.EqualTo(new[] { "Two Awake", "Two OnEnable", "One Awake", "One OnEnable" }));
            StubPlayer.Tick();
            Assert.That(Probe.Diary.Skip(4), Is.EqualTo(new[] { "Two Start", "One Start" }));
            Assert.That(SceneManager.GetActiveScene().GetRootGameObjects().Select(each => each.name), Is.EqualTo(new[] { "One", "Two", "Off" }));
        }

        [Test]
        public void Fields_are_what_the_file_says()
        {
            Play("First");
            Probe one = Find("One");
            Probe two = Find("Two");

            Assert.That((one.number, one.words, one.Kind), Is.EqualTo((12, "said: it", LogType.Warning)));
            Assert.That(one.tint, Is.EqualTo(new Color(1f, 0.5f, 0f)));
            Assert.That(one.other, Is.SameAs(two));
            Assert.That(one.place, Is.SameAs(two.transform));
            Assert.That(one.friends, Is.EqualTo(new[] { one, two }));
            Assert.That(one.pairs.Select(each => (each.key, each.Value)), Is.EqualTo(new[] { ("a", 1.5f), ("b", 2f) }));
            Assert.That((one.forgotten, one.Hidden), Is.EqualTo((1, 1)), "what Unity does not keep");
            Assert.That((two.number, two.words), Is.EqualTo((7, "unset")), "what the file does not say");
            Assert.That(one.transform.localPosition.z, Is.EqualTo(3f));
            Assert.That(one.gameObject.layer, Is.EqualTo(3));
        }

        [Test]
        public void Listeners_of_the_scene_are_called()
        {
            Play("First");

            Find("One").told.Invoke("hello");

            Assert.That(Find("Two").Heard, Is.EqualTo("hello"));
            Assert.That(Find("One").Heard, Is.EqualTo("always this"));
            Assert.That(Find("One").told.GetPersistentEventCount(), Is.EqualTo(2));
        }

        [Test]
        public void Another_scene_takes_the_place_of_the_first_in_the_next_frame()
        {
            Play("First");
            Object.DontDestroyOnLoad(Find("Two").gameObject);
            StubPlayer.Tick();
            Probe.Diary.Clear();
            SceneManager.sceneLoaded += (scene, mode) => Probe.Diary.Add($"{scene.name} loaded {mode}");
            SceneManager.sceneUnloaded += scene => Probe.Diary.Add("unloaded");

            SceneManager.LoadScene("Second");
            Assert.That(Probe.Diary, Is.Empty);
            StubPlayer.Tick();

            Assert.That(Probe.Diary, Is.EqualTo(new[]
            {
                "One OnDestroy", "unloaded", "Three Awake", "Three OnEnable", "Second loaded Single", "Three Start",
            }));
            Assert.That(Find("Two") != null, "it was kept");
            Assert.That(Find("Three").gameObject.scene, Is.EqualTo(SceneManager.GetActiveScene()));
        }

        [Test]
        public void A_scene_may_come_beside_the_first_and_go_again()
        {
            Play("First");
            SceneManager.LoadScene("Second", LoadSceneMode.Additive);
            StubPlayer.Tick();
            Assert.That((Find("One") != null, Find("Three") != null), Is.EqualTo((true, true)));
            Assert.That((SceneManager.sceneCount, SceneManager.GetActiveScene().name), Is.EqualTo((2, "First")));

            SceneManager.UnloadSceneAsync(SceneManager.GetSceneByName("Second"));
            StubPlayer.Tick();

            Assert.That((Find("One") != null, Find("Three") == null), Is.EqualTo((true, true)));
        }

        [Test]
        public void A_scene_that_is_not_there_is_an_error()
        {
            Play("First");

            SceneManager.LoadScene("Third");

            Assert.That(Debug.StubEntries.Single().Text, Does.Contain("'Third' couldn't be loaded"));
        }

        [Test]
        public void A_script_without_a_class_is_a_warning()
        {
            _files.Write("Missing.unity", "dd" + SceneFiles.Probe.Substring(2), Object(10, "One", "00000000000000000000000000000009"));

            Play("Missing");

            Assert.That(Debug.StubEntries.Single().Text, Does.Contain("script (Unknown) on this Behaviour is missing"));
        }

        [Test]
        public void An_instance_is_its_prefab_with_what_the_scene_changes()
        {
            Play("Instances");
            Probe made = Find("Renamed");
            Probe child = Find("Child");

            Assert.That((made.number, made.transform.localPosition.x), Is.EqualTo((6, 1f)));
            Assert.That(made.other, Is.SameAs(child), "references inside it are to its own objects");
            Assert.That(child.other, Is.SameAs(made));
            Assert.That(child.friends, Is.EqualTo(new[] { Find("Outside") }), "and may be to the scene's");
            Assert.That(Find("Outside").other, Is.SameAs(child), "which refers to it by a stripped document");
            Assert.That(child.transform.parent, Is.SameAs(made.transform));
            Assert.That(made.transform.parent, Is.SameAs(Find("Outside").transform));
            Assert.That(Find("Added").transform.parent, Is.SameAs(child.transform), "what was added to it");
        }

        [Test]
        public void Instantiate_copies_and_wakes_at_the_end()
        {
            Play("First");
            Probe original = Find("One");
            original.friends = new[] { original, Find("Two") };
            Probe.Diary.Clear();

            Probe copy = Object.Instantiate(original, Find("Two").transform);

            Assert.That(Probe.Diary, Is.EqualTo(new[] { "One(Clone) Awake", "One(Clone) OnEnable" }));
            Assert.That(copy.friends, Is.EqualTo(new[] { copy, Find("Two") }), "itself is the copy, others stay");
            Assert.That(copy.pairs.Select(each => each.key), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(copy.pairs[0], Is.Not.SameAs(original.pairs[0]));
            Assert.That(copy.transform.parent, Is.SameAs(Find("Two").transform));
            copy.told.Invoke("hello");
            Assert.That((copy.Heard, original.Heard), Is.EqualTo(("always this", (string)null)));
        }

        private static string Instances() =>
            Object(10, "Outside", SceneFiles.Probe, "  other: {fileID: 60}\n", 0, "\n  - {fileID: 61}")
            + "--- !u!1001 &50\nPrefabInstance:\n  m_Modification:\n    m_TransformParent: {fileID: 11}\n    m_Modifications:\n"
            + Change(100, "m_Name", "Renamed") + Change(102, "number", "6")
            + Change(112, "friends.Array.size", "1") + Change(112, "friends.Array.data[0]", string.Empty, 12)
            + "    m_RemovedComponents: []\n"
            + $"  m_SourcePrefab: {{fileID: 100100000, guid: {Prefab}, type: 3}}\n"
            + Stripped(114, 60, "MonoBehaviour", 112) + Stripped(4, 61, "Transform", 101) + Stripped(4, 62, "Transform", 111)
            + Object(70, "Added", SceneFiles.Probe, father: 62);

        private static string Change(int target, string path, string value, int reference = 0) =>
            $"    - target: {{fileID: {target}, guid: {Prefab}, type: 3}}\n      propertyPath: {path}\n      value: {value}\n"
            + $"      objectReference: {{fileID: {reference}}}\n";

        private static string Stripped(int classId, int id, string kind, int source) =>
            $"--- !u!{classId} &{id} stripped\n{kind}:\n"
            + $"  m_CorrespondingSourceObject: {{fileID: {source}, guid: {Prefab}, type: 3}}\n  m_PrefabInstance: {{fileID: 50}}\n";

        private static Probe Find(string name) =>
            Object.FindObjectsByType<Probe>(FindObjectsSortMode.None).SingleOrDefault(each => each.name == name);

        private void Play(string scene)
        {
            _files.Open();
            StubPlayer.EnterPlayMode(scene);
        }
    }
}
