using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace UnityEngine.Stub
{
    /// <summary>Puts the prefab's documents in the place of each PrefabInstance, changed as its modifications say.</summary>
    internal sealed class PrefabExpander
    {
        private const int InstanceClass = 1001;
        private readonly Func<string, List<YamlDocument>> _prefabs;
        private readonly List<YamlDocument> _own;
        private readonly List<YamlDocument> _expanded = new List<YamlDocument>();

        /// <summary><paramref name="prefabs"/> gives the expanded documents of the prefab with a GUID.</summary>
        internal PrefabExpander(List<YamlDocument> documents, Func<string, List<YamlDocument>> prefabs)
        {
            _own = documents;
            _prefabs = prefabs;
        }

        internal List<YamlDocument> Expand()
        {
            _expanded.AddRange(_own.Where(each => each.ClassId != InstanceClass && !each.IsStripped));
            foreach (YamlDocument instance in _own.Where(each => each.ClassId == InstanceClass))
            {
                AddInstance(instance);
            }

            return _expanded;
        }

        private static void Renumber(YamlNode node, Dictionary<long, YamlDocument> copies)
        {
            if (node is YamlList list)
            {
                list.Items.ForEach(item => Renumber(item, copies));
            }
            else if (node is YamlMap map)
            {
                AssetReference reference = AssetReference.From(map);
                if (AssetReference.Is(map) && reference.IsLocal && copies.TryGetValue(reference.FileId, out YamlDocument copy))
                {
                    map["fileID"] = new YamlScalar(copy.FileId.ToString(CultureInfo.InvariantCulture));
                }

                map.Keys.ForEach(key => Renumber(map[key], copies));
            }
        }

        private void AddInstance(YamlDocument instance)
        {
            var modification = (YamlMap)instance.Body["m_Modification"];
            var source = AssetReference.From(instance.Body["m_SourcePrefab"]);
            Dictionary<long, YamlDocument> copies = _prefabs(source.Guid).ToDictionary(
                each => each.FileId, each => each.CopyAs(NumberOf(instance.FileId, each.FileId)));
            foreach (YamlDocument copy in copies.Values)
            {
                Renumber(copy.Body, copies);
                if (copy.Body["m_Father"] is YamlNode father && AssetReference.From(father).IsNone)
                {
                    copy.Body["m_Father"] = modification["m_TransformParent"];
                }
            }

            foreach (YamlNode item in modification.ListOf("m_Modifications"))
            {
                Modify((YamlMap)item, copies);
            }

            Remove(modification, copies);
            _expanded.AddRange(copies.Values);
        }

        /// <summary>The number that a stripped document gives to an object of an instance; else the one that Unity derives.</summary>
        private long NumberOf(long instance, long inPrefab)
        {
            foreach (YamlDocument document in _own)
            {
                if (document.IsStripped
                    && AssetReference.From(document.Body["m_PrefabInstance"]).FileId == instance
                    && AssetReference.From(document.Body["m_CorrespondingSourceObject"]).FileId == inPrefab)
                {
                    return document.FileId;
                }
            }

            return (instance ^ inPrefab) & long.MaxValue;
        }

        private static void Modify(YamlMap item, Dictionary<long, YamlDocument> copies)
        {
            if (copies.TryGetValue(AssetReference.From(item["target"]).FileId, out YamlDocument target))
            {
                YamlNode reference = item["objectReference"];
                bool refers = !AssetReference.From(reference).IsNone;
                new PropertyPath(item.TextOf("propertyPath")).Set(target.Body, refers ? reference : item["value"]);
            }
        }

        private static void Remove(YamlMap modification, Dictionary<long, YamlDocument> copies)
        {
            if (modification.ListOf("m_RemovedGameObjects").Count > 0)
            {
                throw new NotSupportedException("the stub removes no GameObjects of a prefab instance");
            }

            foreach (YamlNode item in modification.ListOf("m_RemovedComponents"))
            {
                long gone = AssetReference.From(item).FileId;
                foreach (YamlDocument copy in copies.Values.Where(each => each.ClassId == 1))
                {
                    ((YamlList)copy.Body["m_Component"]).Items.RemoveAll(
                        each => AssetReference.From(((YamlMap)each)["component"]).FileId == copies[gone].FileId);
                }

                copies.Remove(gone);
            }
        }
    }
}
