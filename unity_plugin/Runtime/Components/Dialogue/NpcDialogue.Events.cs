namespace FrameBridge
{
    /// <summary>Raising the events.</summary>
    public sealed partial class NpcDialogue
    {
        private void Tell(in TurnEvent item)
        {
            NpcReply reply = _reply;
            reply?.Put(item);
            if (item.Kind == TurnEventKind.Token)
            {
                _spoke = true;
                Enter(NpcState.Speaking);
            }

            Heard?.Invoke(item);
            if (!ReferenceEquals(reply, _reply))
            {
                return; // the listener has interrupted the reply: nothing follows its Done
            }

            switch (item.Kind)
            {
                case TurnEventKind.Token:
                    TellText();
                    onToken.Invoke(item.Text);
                    break;
                case TurnEventKind.Sentence:
                    onSentence.Invoke(item.Text);
                    break;
                case TurnEventKind.Action:
                case TurnEventKind.ActionCalled:
                    onAction.Invoke(item.Text);
                    break;
            }
        }

        private void TellText()
        {
            if (TextChanged == null && onText.GetPersistentEventCount() == 0)
            {
                return;
            }

            string text = Text;
            TextChanged?.Invoke(text);
            onText.Invoke(text);
        }

        private void Enter(NpcState state)
        {
            if (state != State)
            {
                State = state;
                StateChanged?.Invoke(state);
                onStateChanged.Invoke(state);
            }
        }

        private void OnEnable() => BridgeLoop.Add(this);

        private void OnDisable()
        {
            CutOff();
            BridgeLoop.Remove(this);
            _isFailed = false;
            _problem.Clear();
        }

        private void OnDestroy() => _conversation?.Forget();
    }
}
