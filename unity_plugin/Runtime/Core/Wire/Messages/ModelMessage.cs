using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// Reads and writes the contract's Model, alone and in lists. Lists are capped far above any server's size: a false
    /// length must not cost memory.
    /// </summary>
    internal static class ModelMessage
    {
        public const int MostModels = 1024;
        private const int MostRungs = 256;
        private const int MostTensors = 256;

        public static void Write(WireWriter writer, int field, BridgeModel model)
        {
            var mark = writer.Length;
            writer.Number(12, model.DefaultBudgetMicros);
            writer.Number(11, model.MaxBatch);
            TensorSpecMessage.Write(writer, 10, model.Outputs);
            TensorSpecMessage.Write(writer, 9, model.Inputs);
            for (var i = model.RungDetails.Count - 1; i >= 0; i--)
            {
                RungMessage.Write(writer, 8, model.RungDetails[i]);
            }

            for (var i = model.Rungs.Count - 1; i >= 0; i--)
            {
                writer.TextAlways(7, model.Rungs[i]);
            }

            writer.Text(6, model.Detail);
            writer.Number(5, model.ResidentBytes);
            writer.Text(4, model.Version);
            writer.Number(3, (int)model.State);
            writer.Number(2, (int)model.Capability);
            writer.Text(1, model.Name);
            writer.Close(field, mark);
        }

        /// <summary>Parses and adds a model; false if malformed.</summary>
        public static bool ReadInto(List<BridgeModel> models, ReadOnlySpan<byte> bytes)
        {
            string name = null, version = null, detail = null;
            var capability = Capability.Unspecified;
            var state = ModelState.Unspecified;
            var (resident, budget, batch) = (0L, 0L, 0);
            var (rungs, details) = (new List<string>(), new List<BridgeRung>());
            var (inputs, outputs) = (new List<TensorSpec>(), new List<TensorSpec>());
            var whole = true;
            var reader = new WireReader(bytes);
            while (reader.Next())
            {
                switch (reader.Field << 3 | reader.Kind)
                {
                    case 1 << 3 | WireKind.Bytes: name = reader.Text(); break;
                    case 2 << 3 | WireKind.Varint: capability = (Capability)reader.Int32(); break;
                    case 3 << 3 | WireKind.Varint: state = (ModelState)reader.Int32(); break;
                    case 4 << 3 | WireKind.Bytes: version = reader.Text(); break;
                    case 5 << 3 | WireKind.Varint: resident = reader.Int64(); break;
                    case 6 << 3 | WireKind.Bytes: detail = reader.Text(); break;
                    case 7 << 3 | WireKind.Bytes: reader.Texts(rungs, MostRungs); break;
                    case 8 << 3 | WireKind.Bytes: whole &= RungMessage.ReadInto(details, MostRungs, reader.Bytes()); break;
                    case 9 << 3 | WireKind.Bytes: whole &= TensorSpecMessage.ReadInto(inputs, MostTensors, reader.Bytes()); break;
                    case 10 << 3 | WireKind.Bytes: whole &= TensorSpecMessage.ReadInto(outputs, MostTensors, reader.Bytes()); break;
                    case 11 << 3 | WireKind.Varint: batch = reader.Int32(); break;
                    case 12 << 3 | WireKind.Varint: budget = reader.Int64(); break;
                    default: reader.Skip(); break;
                }
            }

            if (models.Count < MostModels)
            {
                models.Add(new BridgeModel(name, capability, state, version, detail, rungs, resident, details, inputs, outputs, batch, budget));
            }

            return whole && !reader.Failed;
        }

        /// <summary>
        /// The models of a ListModelsResponse or WatchModelsResponse, or the one of a LoadModelResponse, in the same
        /// field; null if malformed.
        /// </summary>
        public static List<BridgeModel> ReadList(ReadOnlySpan<byte> bytes)
        {
            var models = new List<BridgeModel>();
            var reader = new WireReader(bytes);
            var whole = true;
            while (whole && reader.Next())
            {
                if (reader.Is(1, WireKind.Bytes))
                {
                    whole = ReadInto(models, reader.Bytes());
                }
                else
                {
                    reader.Skip();
                }
            }

            return whole && !reader.Failed ? models : null;
        }
    }
}
