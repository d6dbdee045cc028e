using System;

namespace UnityEngine
{
    public class UnityException : SystemException
    {
        public UnityException(string message)
            : base(message)
        {
        }
    }

    public class MissingReferenceException : SystemException
    {
        public MissingReferenceException(string message)
            : base(message)
        {
        }
    }
}
