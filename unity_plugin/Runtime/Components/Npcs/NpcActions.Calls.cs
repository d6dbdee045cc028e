using System;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Who takes a call, and what is said of one that nobody has answered.</summary>
    public sealed partial class NpcActions
    {
        private void Hear(TurnEvent item)
        {
            switch (item.Kind)
            {
                case TurnEventKind.ActionCalled:
                    Take(item.Call);
                    break;
                case TurnEventKind.ActionEnded:
                    Cancel(item.Call);
                    break;
            }
        }

        private void Take(ActionCall call)
        {
            Forget();
            _open.Add(call);
            bool isTaken = Called != null;
            Called?.Invoke(call);
            isTaken |= Run(call);
            NpcActionBinding binding = BindingOf(call);
            if (binding != null)
            {
                isTaken = true;
                Run(binding, call);
            }

            if (!isTaken)
            {
                Warn($"nobody does the action {call.Name}: set a handler for it, or add it to the NPC Actions of {name}");
                call.Fail();
            }
            else if (!call.IsOpen)
            {
                Problem = string.Empty;
            }
        }

        /// <summary>Runs the handler of a script; false if there is none. One that throws has failed its call.</summary>
        private bool Run(ActionCall call)
        {
            try
            {
                return Handlers.TryRun(call);
            }
            catch (Exception error)
            {
                Report(call, error);
                return true;
            }
        }

        private void Report(ActionCall call, Exception error) => Debug.LogException(error, this);

        private static void Run(NpcActionBinding binding, ActionCall call)
        {
            binding.OnCalled.Invoke();
            if (binding.Answer == NpcActionAnswer.AtOnce && call.IsOpen)
            {
                if (binding.Sentence.Length > 0)
                {
                    call.Done(binding.Sentence);
                }
                else
                {
                    call.Done();
                }
            }
        }

        private void Cancel(ActionCall call)
        {
            if (!_open.Remove(call))
            {
                return; // of a turn before this component was enabled
            }

            if (call.Ending == ActionEnding.Timeout)
            {
                Warn($"the action {call.Name} was not answered within {call.TimeoutSeconds:0.##} s: answer sooner, or give it more time where the NPC is described");
            }

            Cancelled?.Invoke(call);
            BindingOf(call)?.OnCancelled.Invoke();
            onCancelled.Invoke(call.Name);
        }

        private NpcActionBinding BindingOf(ActionCall call) => actions.Find(each => each.Action == call.Name);

        private void Warn(string problem)
        {
            if (Problem != problem)
            {
                Problem = problem;
                Debug.LogWarning("FrameBridge: " + problem + ".", this);
            }
        }
    }
}
