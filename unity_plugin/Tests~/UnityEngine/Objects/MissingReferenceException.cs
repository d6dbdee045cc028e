using System;

namespace UnityEngine
{
    public class MissingReferenceException : SystemException
    {
        public MissingReferenceException(string message)
            : base(message)
        {
        }
    }
}
