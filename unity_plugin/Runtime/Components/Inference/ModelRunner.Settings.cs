using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>The model, its inputs and its output.</summary>
    public sealed partial class ModelRunner
    {
        private readonly TensorWriter _inputs = new TensorWriter();

        /// <summary>The model's name on the server.</summary>
        public string Model
        {
            get => model;
            set => model = value ?? string.Empty;
        }

        /// <summary>The budget of a result in seconds; 0 for the model's default on the server. A later answer is dropped.</summary>
        public float BudgetSeconds
        {
            get => budgetSeconds;
            set => budgetSeconds = Mathf.Max(0f, value);
        }

        /// <summary>Whether an earlier result may be repeated when a new one cannot be on time.</summary>
        public LadderPolicy Ladder
        {
            get => ladder;
            set => ladder = value;
        }

        /// <summary>
        /// Whether only the newest result matters; else each run ends in one result. A change takes effect in the next
        /// frame; open runs are cancelled.
        /// </summary>
        public bool LatestOnly
        {
            get => latestOnly;
            set => latestOnly = value;
        }

        /// <summary>Maximum runs a second, up to 60; 0 for only when <see cref="TryRun"/> is called.</summary>
        public float RunsPerSecond
        {
            get => runsPerSecond;
            set => runsPerSecond = Mathf.Clamp(value, 0f, 60f);
        }

        /// <summary>The texture to send; null for only what <see cref="SetInput{T}"/> sets.</summary>
        public Texture Picture
        {
            get => picture;
            set => picture = value;
        }

        /// <summary>The model's input that takes the texture.</summary>
        public string InputName
        {
            get => inputName;
            set => inputName = value ?? string.Empty;
        }

        /// <summary>How the texture lies in its tensor.</summary>
        public TensorLayout InputLayout
        {
            get => inputLayout;
            set => inputLayout = value;
        }

        /// <summary>Width of the sent picture in pixels, 1 to 4096.</summary>
        public int Width
        {
            get => width;
            set => width = Mathf.Clamp(value, 1, 4096);
        }

        /// <summary>Height of the sent picture in pixels, 1 to 4096.</summary>
        public int Height
        {
            get => height;
            set => height = Mathf.Clamp(value, 1, 4096);
        }

        /// <summary>
        /// Order of the texture's rows. The default fits every source that Unity draws, on every graphics API.
        /// </summary>
        public PictureRows Rows
        {
            get => rows;
            set => rows = value;
        }

        /// <summary>The model's output to show as a texture; empty for none.</summary>
        public string OutputName
        {
            get => outputName;
            set
            {
                outputName = value ?? string.Empty;
                _noPicture = null;
            }
        }

        /// <summary>
        /// The inputs of the next run, to be set, filled in place or removed. Values stay until they are set again.
        /// </summary>
        public TensorWriter Inputs => _inputs;

        /// <summary>
        /// Sets an input of the next run. <paramref name="shape"/> is without the batch, <paramref name="values"/> are
        /// row-major. Throws <see cref="ArgumentException"/> for values that do not fill the shape.
        /// </summary>
        public void SetInput<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
            where T : unmanaged => _inputs.Set(name, values, shape);
    }
}
