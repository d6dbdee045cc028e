using System;

namespace UnityEngine.Stub
{
    /// <summary>A field of a class of the engine's own: its name in files, and the property that it is.</summary>
    internal sealed class NativeField
    {
        internal readonly string Name;
        internal readonly Type Type;
        internal readonly Func<Object, object> Get;
        internal readonly Action<Object, object> Set;

        private NativeField(string name, Type type, Func<Object, object> get, Action<Object, object> set)
        {
            Name = name;
            Type = type;
            Get = get;
            Set = set;
        }

        internal static NativeField Of<TOwner, TValue>(string name, Func<TOwner, TValue> get, Action<TOwner, TValue> set)
            where TOwner : Object => new NativeField(
                name, typeof(TValue), owner => get((TOwner)owner), (owner, value) => set((TOwner)owner, (TValue)value));
    }
}
