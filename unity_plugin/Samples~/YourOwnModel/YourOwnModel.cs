using System;
using UnityEngine;
using UnityEngine.UI;

namespace FrameBridge.Samples
{
    /// <summary>
    /// Sends a picture to a model of your own and shows what comes back: the model is the Python file own_model.py
    /// beside this script. The runner does the work; this script draws the picture and shows both outputs.
    /// </summary>
    [RequireComponent(typeof(ModelRunner))]
    public sealed class YourOwnModel : MonoBehaviour
    {
        private const int Side = 64;
        private const int Radius = 14;

        [SerializeField]
        [Tooltip("Shows the picture that is sent.")]
        private RawImage before;

        [SerializeField]
        [Tooltip("Shows the picture that comes back.")]
        private RawImage after;

        [SerializeField]
        [Tooltip("Shows the model's other output, or what is wrong.")]
        private Text caption;

        [SerializeField]
        [Min(0.1f)]
        [Tooltip("Seconds for one round of the disc.")]
        private float seconds = 8f;

        private readonly Color32[] _pixels = new Color32[Side * Side];
        private ModelRunner _runner;
        private Texture2D _picture;
        private int _percent = -1;

        /// <summary>Share of the picture that is ink in percent, as the model says; -1 before its first answer.</summary>
        public int InkPercent => _percent;

        /// <summary>The picture that is sent.</summary>
        public Texture2D Picture => _picture;

        private void Awake()
        {
            _picture = new Texture2D(Side, Side, TextureFormat.RGBA32, false);
            _runner = GetComponent<ModelRunner>();
            _runner.Picture = _picture;
            _runner.Answered += Show;
            before.texture = _picture;
        }

        private void OnDestroy() => Destroy(_picture);

        private void Update()
        {
            Draw(Time.time / seconds * 2.0 * Math.PI);
            if (_runner.Problem.Length > 0)
            {
                _percent = -1;
                caption.text = _runner.Problem;
            }
        }

        /// <summary>The result is reused: what is shown is copied out of it here.</summary>
        private void Show(InferenceResult result)
        {
            after.texture = _runner.Texture;
            int percent = Mathf.RoundToInt(100f * result.Outputs.Get<float>("ink")[0]);
            if (percent != _percent)
            {
                _percent = percent;
                caption.text = percent + " % ink"; // only when it changes: a string is garbage
            }
        }

        /// <summary>A disc that circles over stripes.</summary>
        private void Draw(double angle)
        {
            float x = (Side / 2f) + (Radius * (float)Math.Cos(angle));
            float y = (Side / 2f) + (Radius * (float)Math.Sin(angle));
            for (int i = 0; i < _pixels.Length; i++)
            {
                float right = (i % Side) - x;
                float up = (i / Side) - y;
                bool isDisc = (right * right) + (up * up) < Radius * Radius;
                byte stripe = (byte)((i / Side / 8) % 2 == 0 ? 90 : 120);
                _pixels[i] = isDisc ? new Color32(240, 200, 40, 255) : new Color32(stripe, stripe, 160, 255);
            }

            _pixels.AsSpan().CopyTo(_picture.GetRawTextureData<Color32>().AsSpan());
            _picture.Apply(false, false);
        }
    }
}
