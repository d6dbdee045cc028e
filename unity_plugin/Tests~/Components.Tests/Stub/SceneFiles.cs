using System;
using System.IO;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>A project of a few files: scripts, a prefab and scenes, written as Unity writes them.</summary>
    internal sealed class SceneFiles : IDisposable
    {
        internal const string Probe = "11111111111111111111111111111111";
        internal const string EarlyProbe = "22222222222222222222222222222222";
        internal const string Prefab = "33333333333333333333333333333333";
        private const string Head = "%YAML 1.1\n%TAG !u! tag:unity3d.com,2011:\n";
        private readonly string _folder = Path.Combine(Path.GetTempPath(), "framebridge-" + Guid.NewGuid().ToString("N"));

        internal SceneFiles()
        {
            Directory.CreateDirectory(_folder);
            Write("Probe.cs", Probe, string.Empty);
            Write("EarlyProbe.cs", EarlyProbe, string.Empty);
        }

        internal void Open()
        {
            StubProject.Open(typeof(Probe).Assembly);
            StubProject.Current.Import(_folder);
        }

        internal void Write(string name, string guid, string documents)
        {
            File.WriteAllText(Path.Combine(_folder, name), Head + documents);
            File.WriteAllText(Path.Combine(_folder, name + ".meta"), "fileFormatVersion: 2\nguid: " + guid + "\n");
        }

        /// <summary>A GameObject with a transform, whose number is the next one, and a script after that.</summary>
        internal static string Object(
            int id, string name, string script, string fields = "", int father = 0, string children = "[]", int active = 1) =>
            $"--- !u!1 &{id}\nGameObject:\n  m_Component:\n  - component: {{fileID: {id + 1}}}\n  - component: {{fileID: {id + 2}}}\n"
            + $"  m_Layer: 3\n  m_Name: {name}\n  m_TagString: Untagged\n  m_IsActive: {active}\n"
            + $"--- !u!4 &{id + 1}\nTransform:\n  m_GameObject: {{fileID: {id}}}\n  m_LocalRotation: {{x: 0, y: 0, z: 0, w: 1}}\n"
            + "  m_LocalPosition: {x: 1, y: 2, z: 3}\n  m_LocalScale: {x: 1, y: 1, z: 1}\n"
            + $"  m_Children: {children}\n  m_Father: {{fileID: {father}}}\n"
            + $"--- !u!114 &{id + 2}\nMonoBehaviour:\n  m_GameObject: {{fileID: {id}}}\n  m_Enabled: 1\n"
            + $"  m_Script: {{fileID: 11500000, guid: {script}, type: 3}}\n{fields}";

        public void Dispose() => Directory.Delete(_folder, true);
    }
}
