using System.IO;
using System.Text.RegularExpressions;
using UnityEngine.Experimental.Rendering;

namespace UnityEngine.Stub
{
    /// <summary>Assets of one object each: texts, textures, shaders and materials, under the numbers that Unity gives them.</summary>
    internal static class FileAssets
    {
        private const long Text = 4900000;
        private const long Texture = 2800000;
        private const long ShaderId = 4800000;
        private const long MaterialId = 2100000;

        internal static ObjectGraph Read(string path, StubProject project)
        {
            var graph = new ObjectGraph();
            switch (Path.GetExtension(path))
            {
                case ".jpg":
                    graph.Objects[Texture] = Picture(path);
                    break;
                case ".shader":
                    graph.Objects[ShaderId] = MakeShader(File.ReadAllText(path));
                    break;
                case ".mat":
                    graph.Objects[MaterialId] = MakeMaterial(YamlDocument.ReadAll(File.ReadAllText(path))[0].Body, project);
                    break;
                default:
                    graph.Objects[Text] = new TextAsset(File.ReadAllBytes(path));
                    break;
            }

            foreach (Object made in graph.Objects.Values)
            {
                made.name = made is Shader ? made.name : Path.GetFileNameWithoutExtension(path);
            }

            return graph;
        }

        /// <summary>Of the file's size; nothing here decodes what it shows.</summary>
        private static Texture2D Picture(string path)
        {
            JpegSize size = JpegSize.Read(File.ReadAllBytes(path));
            return new Texture2D(size.Width, size.Height, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None);
        }

        private static Shader MakeShader(string text)
        {
            string name = Regex.Match(text, "Shader\\s+\"([^\"]+)\"").Groups[1].Value;
            MatchCollection properties = Regex.Matches(text, "(\\w+)\\s*\\(\"[^\"]*\"\\s*,");
            var names = new string[properties.Count];
            for (int i = 0; i < names.Length; i++)
            {
                names[i] = properties[i].Groups[1].Value;
            }

            return new Shader(name, names);
        }

        private static Material MakeMaterial(YamlMap body, StubProject project)
        {
            var none = new ObjectGraph();
            var shader = (Shader)project.Resolve(AssetReference.From(body["m_Shader"]), typeof(Shader), none);
            var made = new Material(shader);
            foreach (YamlNode item in ((YamlMap)body["m_SavedProperties"]).ListOf("m_TexEnvs"))
            {
                var map = (YamlMap)item;
                YamlNode texture = ((YamlMap)map[map.Keys[0]])["m_Texture"];
                made.SetTexture(map.Keys[0], (Texture)project.Resolve(AssetReference.From(texture), typeof(Texture), none));
            }

            return made;
        }
    }
}
