namespace UnityEngine
{
    public struct WebCamDevice
    {
        public string name { get; set; }

        public bool isFrontFacing { get; set; }
    }
}
