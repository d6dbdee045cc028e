using System.Collections.Generic;
using UnityEngine.Stub;

namespace UnityEngine.EventSystems
{
    /// <summary>Dispatches input. The first enabled one is the current one.</summary>
    [DisallowMultipleComponent]
    public class EventSystem : UIBehaviour
    {
        private static readonly List<EventSystem> Systems = new List<EventSystem>();

        [SerializeField]
        private GameObject m_FirstSelected;

        [SerializeField]
        private bool m_sendNavigationEvents = true;

        [SerializeField]
        private int m_DragThreshold = 10;

        static EventSystem() => StubPlayer.WasReset += Systems.Clear;

        public static EventSystem current
        {
            get => Systems.Count > 0 ? Systems[0] : null;
            set
            {
                int index = Systems.IndexOf(value);
                if (index > 0)
                {
                    Systems.RemoveAt(index);
                    Systems.Insert(0, value);
                }
            }
        }

        public GameObject firstSelectedGameObject
        {
            get => m_FirstSelected;
            set => m_FirstSelected = value;
        }

        public bool sendNavigationEvents
        {
            get => m_sendNavigationEvents;
            set => m_sendNavigationEvents = value;
        }

        public int pixelDragThreshold
        {
            get => m_DragThreshold;
            set => m_DragThreshold = value;
        }

        public GameObject currentSelectedGameObject { get; private set; }

        public BaseInputModule currentInputModule => GetComponent<BaseInputModule>();

        public void SetSelectedGameObject(GameObject selected) => currentSelectedGameObject = selected;

        protected override void OnEnable() => Systems.Add(this);

        protected override void OnDisable() => Systems.Remove(this);
    }
}
