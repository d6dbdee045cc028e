using System;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>Asks a server once for the schema of looks, without waiting.</summary>
    internal sealed class SchemaOf
    {
        private Task<AvatarSchema> _asked;

        /// <summary>The schema; null until received.</summary>
        public AvatarSchema Schema { get; private set; }

        /// <summary>Asks, or takes the answer. Returns whether it has just arrived.</summary>
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
            GC.KeepAlive(asked.Exception); // observed; the next step asks again
            return Schema != null;
        }
    }
}
