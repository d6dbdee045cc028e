using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace UnityEngine.Stub
{
    /// <summary>One object of a scene, prefab or asset: `--- !u!class &amp;id`, its kind, and its fields.</summary>
    public sealed class YamlDocument
    {
        private const string Head = "--- !u!";

        public YamlDocument(int classId, long fileId, bool stripped, string kind, YamlMap body)
        {
            ClassId = classId;
            FileId = fileId;
            IsStripped = stripped;
            Kind = kind;
            Body = body;
        }

        /// <summary>Unity's number of the class: 1 GameObject, 4 Transform, 114 MonoBehaviour ...</summary>
        public int ClassId { get; }

        /// <summary>What others in the file call it by.</summary>
        public long FileId { get; }

        /// <summary>Whether it only stands for an object of a prefab instance.</summary>
        public bool IsStripped { get; }

        /// <summary>The class by its name.</summary>
        public string Kind { get; }

        public YamlMap Body { get; }

        /// <summary>The documents of a file. InvalidDataException for what is no such file.</summary>
        public static List<YamlDocument> ReadAll(string text)
        {
            string[] lines = text.Replace("\r\n", "\n").Split('\n');
            if (lines[0] != "%YAML 1.1")
            {
                throw new InvalidDataException("no YAML of Unity's: the first line is " + lines[0]);
            }

            var found = new List<YamlDocument>();
            int begin = Array.FindIndex(lines, IsHead);
            while (begin >= 0)
            {
                int end = Array.FindIndex(lines, begin + 1, IsHead);
                int count = (end < 0 ? lines.Length : end) - begin - 1;
                found.Add(Read(lines[begin], new ArraySegment<string>(lines, begin + 1, count)));
                begin = end;
            }

            return found;
        }

        /// <summary>The same object under another number.</summary>
        public YamlDocument CopyAs(long fileId) => new YamlDocument(ClassId, fileId, false, Kind, (YamlMap)Body.Copy());

        private static bool IsHead(string line) => line.StartsWith(Head, StringComparison.Ordinal);

        private static YamlDocument Read(string head, IEnumerable<string> lines)
        {
            string[] words = head.Substring(Head.Length).Split(' ');
            YamlMap body = new YamlReader(lines).Read();
            string kind = body.Keys[0];
            return new YamlDocument(
                int.Parse(words[0], CultureInfo.InvariantCulture),
                long.Parse(words[1].Substring(1), CultureInfo.InvariantCulture),
                words.Length > 2 && words[2] == "stripped",
                kind,
                (YamlMap)body[kind]);
        }
    }
}
