using System;
using System.Diagnostics;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>Each test is one play mode, with a server in memory; no test may leave an exception in the console.</summary>
    public abstract class PlayFixture
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        internal ScriptedServer Server { get; private set; }

        /// <summary>Whether the test expects exceptions in the console.</summary>
        protected bool ExceptionsExpected { get; set; }

        [SetUp]
        public void EnterPlayMode()
        {
            ExceptionsExpected = false;
            Server = new ScriptedServer();
            StubPlayer.Reset();
            StubPlayer.EnterPlayMode(typeof(BridgeLoop).Assembly);
            BridgeLoop.BudgetMilliseconds = 1000; // a busy machine must not put work off to another frame
        }

        [TearDown]
        public void ExitPlayMode()
        {
            StubPlayer.ExitPlayMode();
            if (!ExceptionsExpected)
            {
                foreach ((LogType type, string text) in UnityEngine.Debug.StubEntries)
                {
                    Assert.That(type, Is.Not.EqualTo(LogType.Exception), text);
                }
            }

            StubPlayer.Reset();
        }

        internal BridgeConnection Connect(bool wait = true)
        {
            var holder = new GameObject("connection");
            holder.SetActive(false);
            BridgeConnection connection = holder.AddComponent<BridgeConnection>();
            ScriptedServer server = Server;
            connection.Configuring += options => options.Transport = server.Transport;
            holder.SetActive(true);
            if (wait)
            {
                Until(() => connection.State == BridgeState.Ready, "the connection is ready");
            }

            return connection;
        }

        /// <summary>Plays frames until a condition holds; fails after half a minute.</summary>
        protected void Until(Func<bool> holds, string what)
        {
            long began = Stopwatch.GetTimestamp();
            while (!holds())
            {
                Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(Patience), "never came true: " + what);
                StubPlayer.Tick();
                Server.Heard.WaitOne(1); // the other threads' turn
            }
        }

        protected static T Make<T>(Action<T> prepare = null) where T : Component, new()
        {
            var holder = new GameObject(typeof(T).Name);
            holder.SetActive(false);
            T component = holder.AddComponent<T>();
            prepare?.Invoke(component);
            holder.SetActive(true);
            return component;
        }
    }
}
