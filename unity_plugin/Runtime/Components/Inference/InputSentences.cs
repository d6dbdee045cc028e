using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Why a model cannot take a runner's inputs and how to fix it, in one sentence. Each call allocates.</summary>
    internal static class InputSentences
    {
        private const string FromCode = "leave Picture empty and call SetInput";

        internal static string Of(BridgeModel model, in InputFault fault)
        {
            string name = "the model '" + model.Name + "'";
            if (fault.Kind == InputFaultKind.Unknown)
            {
                return name + " takes " + Names(model.Inputs) + ", but no input '" + fault.Given.Name + "'; "
                    + (fault.IsPicture ? "set Input Name to the name of an input" : "correct the name, or remove it from Inputs");
            }

            TensorSpec declared = model.Inputs[fault.Declared];
            string takes = declared.ToString();
            return fault.Kind == InputFaultKind.Missing
                ? name + " also takes '" + declared.Name + "' (" + takes + "), which is not set; call SetInput"
                : "the input '" + declared.Name + "' is " + fault.Given + ", and " + name + " takes " + takes + "; " + Mend(fault, declared);
        }

        private static string Mend(in InputFault fault, in TensorSpec declared)
        {
            bool isFormat = fault.Kind == InputFaultKind.Format;
            if (fault.IsPicture)
            {
                return isFormat ? Layout(declared.Type) : Size(fault.Given, declared);
            }

            bool hasBatch = fault.Given.Rank > 0 && fault.Given.Sizes[0] == 1 && declared.Fits(fault.Given.Sizes.Slice(1));
            string shape = hasBatch ? "leave out the dimension of the batch" : "set it in that shape";
            return isFormat ? "set it with values of that type" : shape;
        }

        private static string Layout(TensorType type)
        {
            switch (type)
            {
                case TensorType.Float32: return "set Input Layout to Float32 Chw";
                case TensorType.UInt8: return "set Input Layout to UInt8 Hwc";
                default: return "a texture is sent as float32 or uint8: " + FromCode;
            }
        }

        private static string Size(TensorShape given, in TensorSpec declared)
        {
            int channels = given.Type == TensorType.Float32 ? 0 : 2;
            bool canFit = declared.Dimensions.Count == given.Rank && declared.Dimensions[channels].Fits(InputCheck.Channels);
            return canFit ? "change Width and Height" : "a texture is sent with three channels: " + FromCode;
        }

        private static string Names(IReadOnlyList<TensorSpec> declared)
        {
            string names = declared[0].Name;
            for (int i = 1; i < declared.Count; i++)
            {
                names += ", " + declared[i].Name;
            }

            return names;
        }
    }
}
