using System;
using UnityEngine.Events;

namespace UnityEngine.UI
{
    public abstract class MaskableGraphic : Graphic
    {
        [SerializeField]
        private bool m_Maskable = true;

        [SerializeField]
        private CullStateChangedEvent m_OnCullStateChanged = new CullStateChangedEvent();

        public bool maskable
        {
            get => m_Maskable;
            set => m_Maskable = value;
        }

        public CullStateChangedEvent onCullStateChanged
        {
            get => m_OnCullStateChanged;
            set => m_OnCullStateChanged = value;
        }

        [Serializable]
        public class CullStateChangedEvent : UnityEvent<bool>
        {
        }
    }
}
