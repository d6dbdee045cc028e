using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>
    /// Compares what a runner sends with the inputs that its model declares. The sentence is made when something has
    /// changed: asked again, nothing is allocated, whether it fits or not.
    /// </summary>
    internal sealed class InputCheck
    {
        internal const int Channels = 3; // of a texture as it is sent

        private readonly TensorShape _picture = new TensorShape();
        private readonly TensorShape _given = new TensorShape(); // what the sentence is about
        private BridgeModel _model;
        private InputFault _fault;
        private string _sentence;

        /// <summary>
        /// Sets how a texture will be sent. It counts in place of a tensor of the same name; a null name means no texture.
        /// </summary>
        internal void SetPicture(string name, TensorLayout layout, int width, int height)
        {
            bool isPlanes = layout == TensorLayout.Float32Chw;
            Span<int> sizes = stackalloc int[3];
            sizes[0] = isPlanes ? Channels : height;
            sizes[1] = isPlanes ? height : width;
            sizes[2] = isPlanes ? width : Channels;
            _picture.TrySet(name, isPlanes ? TensorType.Float32 : TensorType.UInt8, sizes);
        }

        /// <summary>Why the model cannot take the inputs, and how to fix it; null if it can, or declares none.</summary>
        internal string Problem(BridgeModel model, TensorWriter inputs)
        {
            InputFault fault = model == null || model.Inputs.Count == 0 ? default : Find(model.Inputs, inputs);
            if (fault.Kind == InputFaultKind.None)
            {
                _sentence = null;
            }
            else if (_sentence == null || !ReferenceEquals(model, _model) || !IsTold(fault))
            {
                Keep(model, fault);
                _sentence = InputSentences.Of(model, fault);
            }

            return _sentence;
        }

        private bool IsTold(in InputFault fault) =>
            fault.Kind == _fault.Kind && fault.Declared == _fault.Declared && fault.IsPicture == _fault.IsPicture
            && (fault.Given == null || (fault.Given.Name == _given.Name && fault.Given.IsLike(_given)));

        private void Keep(BridgeModel model, in InputFault fault)
        {
            _model = model;
            _fault = fault;
            if (fault.Given != null)
            {
                _given.Set(fault.Given); // that one is reused
            }
        }

        private InputFault Find(IReadOnlyList<TensorSpec> declared, TensorWriter inputs)
        {
            TensorShape unknown = _picture.Name != null && IndexOf(declared, _picture.Name) < 0 ? _picture : null;
            for (int i = 0; i < inputs.Count && unknown == null; i++)
            {
                unknown = IndexOf(declared, inputs[i].Shape.Name) < 0 ? inputs[i].Shape : null;
            }

            if (unknown != null)
            {
                return Fault(InputFaultKind.Unknown, unknown, -1);
            }

            for (int i = 0; i < declared.Count; i++)
            {
                TensorShape given = Given(declared[i].Name, inputs);
                InputFaultKind kind = KindOf(declared[i], given);
                if (kind != InputFaultKind.None)
                {
                    return Fault(kind, given, i);
                }
            }

            return default;
        }

        private InputFault Fault(InputFaultKind kind, TensorShape given, int declared) =>
            new InputFault { Kind = kind, Given = given, IsPicture = ReferenceEquals(given, _picture), Declared = declared };

        private static InputFaultKind KindOf(in TensorSpec declared, TensorShape given)
        {
            if (given == null)
            {
                return InputFaultKind.Missing;
            }

            InputFaultKind shape = declared.Fits(given.Sizes) ? InputFaultKind.None : InputFaultKind.Shape;
            return declared.Type == given.Type ? shape : InputFaultKind.Format;
        }

        private TensorShape Given(string name, TensorWriter inputs)
        {
            if (_picture.Name == name)
            {
                return _picture;
            }

            for (int i = 0; i < inputs.Count; i++)
            {
                if (inputs[i].Shape.Name == name)
                {
                    return inputs[i].Shape;
                }
            }

            return null;
        }

        private static int IndexOf(IReadOnlyList<TensorSpec> declared, string name)
        {
            for (int i = 0; i < declared.Count; i++)
            {
                if (declared[i].Name == name)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
