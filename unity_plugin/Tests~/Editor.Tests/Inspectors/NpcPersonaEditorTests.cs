using System;
using System.IO;
using System.Linq;
using NUnit.Framework;
using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor.Tests
{
    /// <summary>Characters as data in the inspector: checked, imported and exported.</summary>
    public sealed class NpcPersonaEditorTests : Fixture
    {
        private const string Mara = "id = \"mara\"\nname = \"Mara\"\ntrade = \"innkeeper\"\npersona = \"Mara is kind.\"\n";
        private string _path;

        [SetUp]
        public void Place() => _path = Path.Combine(Path.GetTempPath(), "framebridge-" + Guid.NewGuid().ToString("N") + ".toml");

        [TearDown]
        public void Remove()
        {
            EditorUtility.StubPath = string.Empty;
            File.Delete(_path);
        }

        [Test]
        public void WhatIsWrongIsSaidInTheServersWords()
        {
            var persona = Persona(NpcSource.Character);
            persona.Npc.Id = "Mara Quill";
            Draw(persona);
            Assert.That(StubGui.Texts, Has.Some.EqualTo("id: is 'Mara Quill'; use small letters, digits and -, at most 64"));
            Assert.That(StubGui.Texts, Has.Some.StartsWith("name: is missing"));
            persona.Source = NpcSource.ServerFile;
            Draw(persona);
            Assert.That(StubGui.Texts, Has.Some.StartsWith("Npc Id is empty"));
        }

        [Test]
        public void AFileIsImportedAndExported()
        {
            var persona = Persona(NpcSource.Description);
            File.WriteAllText(_path, Mara);
            Press(persona, "Import TOML...", _path);
            Assert.That((persona.Source, persona.Npc.Trade), Is.EqualTo((NpcSource.Character, "innkeeper")));
            Assert.That(Undo.StubSteps, Is.EqualTo(new[] { "Import an NPC" }));
            persona.Npc.Trade = "baker";
            Press(persona, "Export TOML...", _path);
            Assert.That(File.ReadAllText(_path), Is.EqualTo(Mara.Replace("innkeeper", "baker")));
        }

        [Test]
        public void AWrongFileChangesNothingAndIsSaid()
        {
            var persona = Persona(NpcSource.Description);
            File.WriteAllText(_path, Mara + "colour = 3\n");
            Press(persona, "Import TOML...", _path);
            Assert.That(StubGui.Texts, Has.Some.Contains("unknown key 'colour'"));
            Press(persona, "Import TOML...", _path + ".gone");
            Assert.That(StubGui.Texts, Has.Some.Contains(".gone"));
            Press(persona, "Export TOML...", Path.Combine(_path, "no folder", "x.toml"));
            Assert.That((persona.Source, persona.Npc.Trade), Is.EqualTo((NpcSource.Description, string.Empty)));
            Press(persona, "Import TOML...", string.Empty);
            Assert.That(Undo.StubSteps, Is.Empty);
        }

        [Test]
        public void ActionsThatNobodyDoesAreNamed()
        {
            var made = new GameObject("npc");
            made.SetActive(false);
            var actions = made.AddComponent<NpcActions>();
            Draw(actions);
            Assert.That(StubGui.Texts, Has.Some.Contains("no NPC Dialogue"));
            var npc = made.AddComponent<NpcDialogue>();
            npc.Persona = Persona(NpcSource.Character);
            npc.Persona.Npc.Actions = new[] { new NpcAction { Name = "wave" }, new NpcAction { Name = "bow" } };
            actions.Actions.Add(new NpcActionBinding { Action = "wave" });
            Draw(actions);
            Assert.That(StubGui.Texts.Where(each => each.Contains("has to set a handler")), Is.EqualTo(new[] { "bow: not in the list; a script has to set a handler for it." }));
        }

        private static NpcPersona Persona(NpcSource source)
        {
            var persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Source = source;
            return persona;
        }

        private static void Draw(UnityEngine.Object target)
        {
            StubGui.Reset();
            UnityEditor.Editor inspector = target is NpcPersona ? ScriptableObject.CreateInstance<NpcPersonaEditor>() : ScriptableObject.CreateInstance<NpcActionsEditor>();
            inspector.target = target;
            inspector.OnInspectorGUI();
        }

        private static void Press(NpcPersona persona, string button, string path)
        {
            StubGui.Reset();
            EditorUtility.StubPath = path;
            StubGui.Press(button);
            var inspector = ScriptableObject.CreateInstance<NpcPersonaEditor>();
            inspector.target = persona;
            inspector.OnInspectorGUI();
        }
    }
}
