using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace UnityEngine.Stub
{
    /// <summary>Makes the objects of documents that hold no prefab instance any more. Nothing wakes.</summary>
    internal sealed class GraphBuilder
    {
        private const int GameObjectClass = 1;
        private const int ScriptClass = 114;
        private readonly StubProject _project;
        private readonly Dictionary<long, YamlDocument> _documents;
        private readonly ObjectGraph _graph = new ObjectGraph();
        private readonly FieldReader _reader;

        private GraphBuilder(StubProject project, List<YamlDocument> documents)
        {
            _project = project;
            _documents = documents.ToDictionary(each => each.FileId);
            _reader = new FieldReader((reference, type) => project.Resolve(reference, type, _graph));
        }

        internal static ObjectGraph Build(StubProject project, List<YamlDocument> documents)
        {
            var builder = new GraphBuilder(project, documents);
            Awakening.Hold(() =>
            {
                builder.MakeGameObjects();
                builder.MakeAssets();
                builder.Hang();
                builder.Fill();
            });
            return builder._graph;
        }

        private static long Local(YamlMap body, string key) => AssetReference.From(body[key]).FileId;

        private IEnumerable<YamlDocument> Of(int classId) => _documents.Values.Where(each => each.ClassId == classId);

        private void MakeGameObjects()
        {
            foreach (YamlDocument document in Of(GameObjectClass))
            {
                var made = new GameObject(document.Body.TextOf("m_Name"))
                {
                    layer = int.Parse(document.Body.TextOf("m_Layer")),
                    tag = document.Body.TextOf("m_TagString"),
                };
                made.SetActive(document.Body.TextOf("m_IsActive") != "0");
                _graph.Objects[document.FileId] = made;
                foreach (long part in PartsOf(document))
                {
                    MakePart(made, _documents[part]);
                }
            }
        }

        /// <summary>Those that the object lists, then those that were added to an object of a prefab.</summary>
        private IEnumerable<long> PartsOf(YamlDocument document) => document.Body.ListOf("m_Component")
            .Select(item => Local((YamlMap)item, "component"))
            .Union(_documents.Values.Where(each => Local(each.Body, "m_GameObject") == document.FileId).Select(each => each.FileId));

        private void MakePart(GameObject owner, YamlDocument document)
        {
            Type type = TypeOf(document);
            if (type == null)
            {
                Debug.LogWarning("The referenced script (Unknown) on this Behaviour is missing! (" + owner.name + ")");
                return;
            }

            Component part = type == typeof(Transform) ? owner.transform : owner.StubAdd(type);
            _graph.Objects[document.FileId] = part;
            if (part is MonoBehaviour script)
            {
                _graph.Scripts.Add(script);
            }
        }

        private Type TypeOf(YamlDocument document)
        {
            if (document.ClassId == ScriptClass)
            {
                return _project.Scripts.Find(AssetReference.From(document.Body["m_Script"]).Guid);
            }

            return NativeFields.ClassOf(document.ClassId)
                ?? throw new InvalidDataException("the stub has no " + document.Kind + "; add it to NativeFields");
        }

        private void MakeAssets()
        {
            foreach (YamlDocument document in Of(ScriptClass).Where(each => Local(each.Body, "m_GameObject") == 0))
            {
                Type type = TypeOf(document);
                if (type != null)
                {
                    var asset = (ScriptableObject)Activator.CreateInstance(type);
                    asset.name = document.Body.TextOf("m_Name");
                    _graph.Objects[document.FileId] = asset;
                }
            }
        }

        private void Hang()
        {
            var places = _documents.Values.Where(each => _graph.Find(each.FileId) is Transform).ToList();
            foreach (YamlDocument document in places.OrderBy(IndexInFather))
            {
                var place = (Transform)_graph.Find(document.FileId);
                var father = (Transform)_graph.Find(Local(document.Body, "m_Father"));
                if (father == null)
                {
                    _graph.Roots.Add(place.gameObject);
                }
                else
                {
                    place.SetParent(father, false);
                }
            }
        }

        /// <summary>What was added to an object of a prefab comes after what the prefab lists.</summary>
        private int IndexInFather(YamlDocument document)
        {
            if (!_documents.TryGetValue(Local(document.Body, "m_Father"), out YamlDocument father))
            {
                return 0;
            }

            int index = father.Body.ListOf("m_Children").ToList()
                .FindIndex(item => AssetReference.From(item).FileId == document.FileId);
            return index < 0 ? int.MaxValue : index;
        }

        private void Fill()
        {
            foreach (YamlDocument document in _documents.Values.OrderBy(each => each.ClassId == ScriptClass))
            {
                Object made = _graph.Find(document.FileId);
                if (made is null || made is GameObject)
                {
                    continue;
                }

                foreach (NativeField field in NativeFields.Of(made.GetType()))
                {
                    if (document.Body[field.Name] is YamlNode value)
                    {
                        field.Set(made, _reader.Read(value, field.Type, null));
                    }
                }

                if (document.ClassId == ScriptClass)
                {
                    _reader.Fill(made, document.Body);
                }
            }
        }
    }
}
