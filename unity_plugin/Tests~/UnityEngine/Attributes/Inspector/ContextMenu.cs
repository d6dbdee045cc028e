using System;

namespace UnityEngine
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ContextMenu : Attribute
    {
        public ContextMenu(string itemName) => menuItem = itemName;

        public string menuItem { get; }
    }
}
