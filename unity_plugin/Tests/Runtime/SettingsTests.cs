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

                Assert.That(options.Address, Is.EqualTo("https://10.0.0.7:443"));
                Assert.That(options.ClientName, Is.EqualTo("game"));
                Assert.That(options.TimeoutSeconds, Is.EqualTo(2.0));
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
                Assert.That(settings.ToOptions().Formats, Has.Member(FrameFormat.Rgba32));

                settings.CompressedTextures = false;

                Assert.That(settings.ToOptions().Formats, Is.EqualTo(new[] { FrameFormat.Rgba32 }));
            }
            finally
            {
                Object.DestroyImmediate(settings);
            }
        }
    }
}
