namespace FrameBridge
{
    /// <summary>When an action that is set up in the inspector counts as done.</summary>
    public enum NpcActionAnswer
    {
        /// <summary>As soon as its listeners were called.</summary>
        AtOnce = 0,

        /// <summary>When something calls <see cref="NpcActions.Done(string)"/> or <see cref="NpcActions.Fail(string)"/>: the end of an animation.</summary>
        Later = 1,
    }
}
