using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using UnityEditor;
using UnityEditor.Build;

namespace FrameBridge.Editor
{
    /// <summary>The define under which FrameBridge.Grpc is compiled, in the player settings of every build target.</summary>
    internal static class GrpcDefine
    {
        public const string Name = "FRAMEBRIDGE_GRPC";

        /// <summary>Whether every build target has it.</summary>
        public static bool OnEverywhere => Targets().All(target => DefineSymbols.Has(Get(target), Name));

        /// <summary>Whether any build target has it.</summary>
        public static bool OnAnywhere => Targets().Any(target => DefineSymbols.Has(Get(target), Name));

        public static void TurnOn() => Change(symbols => DefineSymbols.With(symbols, Name));

        public static void TurnOff() => Change(symbols => DefineSymbols.Without(symbols, Name));

        private static void Change(Func<string, string> change)
        {
            foreach (var target in Targets())
            {
                var before = Get(target);
                var after = change(before);
                if (after != before)
                {
                    PlayerSettings.SetScriptingDefineSymbols(target, after);
                }
            }
        }

        private static string Get(NamedBuildTarget target) => PlayerSettings.GetScriptingDefineSymbols(target);

        private static IEnumerable<NamedBuildTarget> Targets() =>
            typeof(BuildTargetGroup)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => !field.IsDefined(typeof(ObsoleteAttribute)))
                .Select(field => (BuildTargetGroup)field.GetValue(null))
                .Where(group => group != BuildTargetGroup.Unknown) // has a NamedBuildTarget, but stores no symbols
                .Distinct()
                .SelectMany(Named)
                .Append(NamedBuildTarget.Server);

        /// <summary>Empty for groups that this version of Unity lists but cannot build.</summary>
        private static IEnumerable<NamedBuildTarget> Named(BuildTargetGroup group)
        {
            try
            {
                return new[] { NamedBuildTarget.FromBuildTargetGroup(group) };
            }
            catch (ArgumentException)
            {
                return Array.Empty<NamedBuildTarget>();
            }
        }
    }
}
