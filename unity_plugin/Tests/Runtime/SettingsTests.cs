using NUnit.Framework;
using UnityEngine;

namespace FrameBridge.Tests
{
    /// <summary>A settings asset becomes the options of a client.</summary>
    public sealed class SettingsTests
    {
        [Test]
        public void AllOfItIsTaken()
        {
            BridgeSettings settings = ScriptableObject.CreateInstance<BridgeSettings>();
            try
            {
                settings.Address = "https://10.0.0.7:443";
                settings.ClientName = "game";
                settings.TimeoutSeconds = 2f;

                BridgeOptions options = settings.ToOptions();

                Assert.AreEqual("https://10.0.0.7:443", options.Address);
                Assert.AreEqual("game", options.ClientName);
                Assert.AreEqual(2.0, options.TimeoutSeconds);
            }
            finally
            {
                Object.DestroyImmediate(settings);
            }
        }

        [Test]
        public void WhatEveryDeviceSamplesIsAlwaysOffered()
        {
            BridgeSettings settings = ScriptableObject.CreateInstance<BridgeSettings>();
            try
            {
                CollectionAssert.Contains(settings.ToOptions().Formats, FrameFormat.Rgba32);

                settings.CompressedTextures = false;

                CollectionAssert.AreEqual(new[] { FrameFormat.Rgba32 }, settings.ToOptions().Formats);
            }
            finally
            {
                Object.DestroyImmediate(settings);
            }
        }
    }
}
