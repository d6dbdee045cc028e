using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>One model of a server, as last reported. Read only; may be read on any thread.</summary>
    public sealed class BridgeModel
    {
        /// <summary>Called by transports.</summary>
        public BridgeModel(
            string name,
            Capability capability,
            ModelState state,
            string version,
            string detail,
            IReadOnlyList<string> rungs,
            long residentBytes = 0,
            IReadOnlyList<BridgeRung> rungDetails = null,
            IReadOnlyList<TensorSpec> inputs = null,
            IReadOnlyList<TensorSpec> outputs = null,
            int maxBatch = 0,
            long defaultBudgetMicros = 0)
        {
            Name = name ?? string.Empty;
            Capability = capability;
            State = state;
            Version = version ?? string.Empty;
            Detail = detail ?? string.Empty;
            Rungs = rungs ?? Array.Empty<string>();
            ResidentBytes = residentBytes;
            RungDetails = rungDetails ?? Array.Empty<BridgeRung>();
            Inputs = inputs ?? Array.Empty<TensorSpec>();
            Outputs = outputs ?? Array.Empty<TensorSpec>();
            MaxBatch = maxBatch;
            DefaultBudgetMicros = defaultBudgetMicros;
        }

        /// <summary>The model's name ("avatar", "dialogue", "classifier", "detector").</summary>
        public string Name { get; }

        /// <summary>The capability that it serves.</summary>
        public Capability Capability { get; }

        /// <summary>The model's state.</summary>
        public ModelState State { get; }

        /// <summary>Changes whenever its answers may change. Empty until loaded.</summary>
        public string Version { get; }

        /// <summary>Why it is not ready, as text.</summary>
        public string Detail { get; }

        /// <summary>The rungs on which it can answer, best first ("avatar.64", "avatar.32/cheaper", "repeat").</summary>
        public IReadOnlyList<string> Rungs { get; }

        /// <summary>The rungs in detail. Empty from servers older than minor 2.</summary>
        public IReadOnlyList<BridgeRung> RungDetails { get; }

        /// <summary>Memory that its weights and pools hold on the device; 0 until loaded.</summary>
        public long ResidentBytes { get; }

        /// <summary>
        /// The tensors that it takes, if it serves <see cref="Capability.Inference"/>. Empty from servers older than minor
        /// 3, as is all that follows.
        /// </summary>
        public IReadOnlyList<TensorSpec> Inputs { get; }

        /// <summary>The tensors that it gives. Empty until it is loaded, if the operator has not declared them.</summary>
        public IReadOnlyList<TensorSpec> Outputs { get; }

        /// <summary>Requests that share a run at most; 0 until it is loaded.</summary>
        public int MaxBatch { get; }

        /// <summary>The budget of requests that set none, in microseconds; 0 if not known.</summary>
        public long DefaultBudgetMicros { get; }

        /// <summary>The model of this name; null if there is none. Does not allocate.</summary>
        internal static BridgeModel Find(IReadOnlyList<BridgeModel> models, string name)
        {
            for (var i = 0; models != null && i < models.Count; i++)
            {
                if (models[i].Name == name)
                {
                    return models[i];
                }
            }

            return null;
        }
    }
}
