using Object = UnityEngine.Object;

namespace FrameBridge.Editor
{
    /// <summary>The options with which an avatar would connect, also in edit mode, where no connection is enabled.</summary>
    internal static class AvatarOptions
    {
        /// <summary>Those of its connection, of the scene's first one, or of the project. Main thread.</summary>
        public static BridgeOptions Of(AvatarTexture avatar)
        {
            var connection = avatar.Connection;
            if (connection == null)
            {
                connection = Object.FindAnyObjectByType<BridgeConnection>();
            }

            return connection == null || (connection.Settings == null && connection.Recording == null)
                ? ProjectConnection.Options()
                : connection.MakeOptions();
        }
    }
}
