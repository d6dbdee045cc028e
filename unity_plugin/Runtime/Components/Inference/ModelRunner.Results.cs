namespace FrameBridge
{
    /// <summary>From the server to the listeners.</summary>
    public sealed partial class ModelRunner
    {
        private readonly TensorPicture _output = new TensorPicture();
        private InferenceResult _last;

        /// <summary>
        /// The newest answer; false before the first since this component was enabled. Valid until the next frame: copy
        /// what you need for longer.
        /// </summary>
        public bool TryGetResult(out InferenceResult result)
        {
            result = _last;
            return result != null;
        }

        private void Take()
        {
            for (int i = 0; i < InferenceSlot.MaxOpen && _slot != null && _slot.TryTakeResult(out InferenceResult result); i++)
            {
                if (result.IsAnswered)
                {
                    Hear(result);
                }
                else
                {
                    HearUnanswered(result);
                }
            }
        }

        private void Hear(InferenceResult result)
        {
            _last = result;
            AnswerCount++;
            _watch.Answered(result.Repeated);
            _unmet = default;
            Show(result);
            Answered?.Invoke(result);
        }

        private void HearUnanswered(InferenceResult result)
        {
            _watch.Unmet(result.Outcome);
            _unmet = result.Outcome;
            Unanswered?.Invoke(result);
        }

        private void Show(InferenceResult result)
        {
            UnityEngine.Texture2D before = _output.Texture;
            if (outputName.Length == 0 || _output.TryShow(result.Outputs, outputName))
            {
                _noPicture = null;
            }
            else
            {
                _noPicture ??= "the model's output '" + outputName + "' is missing or no picture; name one that is float32 "
                    + "[1, 3 or 4, height, width] or uint8 [height, width, 1, 3 or 4]";
            }

            if (!ReferenceEquals(before, _output.Texture))
            {
                onTextureChanged.Invoke(_output.Texture);
            }
        }
    }
}
