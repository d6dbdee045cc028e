using System;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>Asks a server once what a look may be made of, without waiting for it.</summary>
    internal sealed class SchemaOf
    {
        private Task<AvatarSchema> _asked;

        /// <summary>What it told; null until then.</summary>
        public AvatarSchema Schema { get; private set; }

        /// <summary>Asks, or takes the answer. Whether it has just come.</summary>
        public bool Step(BridgeClient client)
        {
            if (Schema != null)
            {
                return false;
            }

            _asked ??= client.GetAvatarSchemaAsync();
            if (!_asked.IsCompleted)
            {
                return false;
            }

            var asked = _asked;
            _asked = null;
            Schema = asked.Status == TaskStatus.RanToCompletion ? asked.Result : null;
            GC.KeepAlive(asked.Exception); // looked at: the next step asks again
            return Schema != null;
        }
    }
}
