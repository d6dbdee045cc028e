namespace UnityEngine
{
    [System.Serializable]
    public struct LayerMask
    {
        private int m_Bits;

        public int value
        {
            get => m_Bits;
            set => m_Bits = value;
        }

        public static implicit operator int(LayerMask mask) => mask.m_Bits;

        public static implicit operator LayerMask(int intVal) => new LayerMask { m_Bits = intVal };
    }
}
