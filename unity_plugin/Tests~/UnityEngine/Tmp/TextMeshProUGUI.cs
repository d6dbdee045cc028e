namespace TMPro
{
    public class TextMeshProUGUI : TMP_Text
    {
    }
}
