using UnityEngine.UI;

namespace TMPro
{
    public abstract class TMP_Text : MaskableGraphic
    {
        public virtual string text { get; set; } = string.Empty;

        public bool richText { get; set; } = true;
    }
}
