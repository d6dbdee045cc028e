using System;

namespace UnityEngine
{
    public class AsyncOperation
    {
        private readonly Func<bool> _done;

        internal AsyncOperation(Func<bool> done) => _done = done;

        public bool isDone => _done();
    }
}
