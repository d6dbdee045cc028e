namespace UnityEngine.EventSystems
{
    public abstract class BaseRaycaster : UIBehaviour
    {
    }
}
