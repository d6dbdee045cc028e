using UnityEditor;
using UnityEngine;

namespace FrameBridge.Editor
{
    /// <summary>Settings shared by everyone on the project, stored in ProjectSettings. No secrets.</summary>
    [FilePath("ProjectSettings/FrameBridge.asset", FilePathAttribute.Location.ProjectFolder)]
    internal sealed class ProjectChoices : ScriptableSingleton<ProjectChoices>
    {
        internal const string OurLocalNetworkText = "Characters are computed on a machine in your network.";

        [SerializeField]
        [Tooltip("Set and remove FRAMEBRIDGE_GRPC automatically with the libraries.")]
        private bool _followLibraries = true;

        [SerializeField]
        [Tooltip("Why the app looks for machines in the player's network; iOS shows it to the player.")]
        private string _localNetworkText = OurLocalNetworkText;

        public bool FollowLibraries
        {
            get => _followLibraries;
            set
            {
                _followLibraries = value;
                Save(true);
            }
        }

        public string LocalNetworkText
        {
            get => _localNetworkText;
            set
            {
                _localNetworkText = value;
                Save(true);
            }
        }

        public void UseOurLocalNetworkText() => LocalNetworkText = OurLocalNetworkText;
    }
}
