using System;
using Unity.Profiling;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>From the slot's newest frame to the GPU.</summary>
    public sealed partial class AvatarTexture
    {
        private const double RetrySeconds = 2;

        private static readonly ProfilerMarker UploadMarker = new ProfilerMarker("FrameBridge.Upload");

        private readonly TextureShelf _shelf = new TextureShelf();
        private AvatarDisplay _display;
        private AvatarSlot _slot;
        private BridgeClient _client;
        private Texture2D _texture;
        private AvatarPace _pace;
        private bool _planned;
        private double _retryAt;
        private float _askedBudget;
        private bool _askedKeepLate;
        private float _askedHeartbeat;

        void IBridgeStep.Step()
        {
            if (_validated)
            {
                FollowInspector();
            }

            double now = Time.unscaledTimeAsDouble;
            _watch.Advance(now);
            bool isFollowing = FollowConnection();
            if (isFollowing)
            {
                Pump(now);
            }

            if (!isFollowing || now >= _judgeAt + (_isFresh ? FreshSeconds : 0) || IsTroubled)
            {
                Judge(now);
            }
        }

        private void Pump(double now)
        {
            _isFresh = false;
            if (_lookChanged)
            {
                SendLook();
            }

            KeepPace(now);
            if (_slot.TryTakeNewest(out TextureFrame frame))
            {
                Upload(frame);
            }
            else if (!_planned)
            {
                Plan();
            }
            else
            {
                _shelf.MakeNext(); // one per frame, and only without an upload
            }

            HearLate();
            if (_slot.HasReport)
            {
                HearReport();
            }
        }

        /// <summary>Takes a slot of the connection's current client. False while there is none.</summary>
        private bool FollowConnection()
        {
            BridgeConnection from = Connection;
            BridgeClient client = from is null ? null : from.Client;
            if (!ReferenceEquals(client, _client))
            {
                _client = client;
                _slot = null;
                _planned = false;
                _retryAt = 0;
            }

            return _slot != null || (client != null && OpenSlot());
        }

        private bool OpenSlot()
        {
            double now = Time.unscaledTimeAsDouble;
            BridgeState state = _client.State;
            if (now < _retryAt || state == BridgeState.Closed || state == BridgeState.Refused)
            {
                return false;
            }

            try
            {
                _slot = _client.Avatars.OpenSlot();
            }
            catch (BridgeException error)
            {
                _retryAt = now + RetrySeconds;
                _setup = error.Message;
                return false;
            }

            _morph = 0; // a new slot has no look to blend from
            _lookChanged = true;
            CurrentRate = 0f;
            _pace.Restart(now);
            _setup = null;
            _refused = null;
            return true;
        }

        private void KeepPace(double now)
        {
            float rate = _pace.Rate(_display.IsVisible, now, framesPerSecond, offScreenFramesPerSecond);
            if (rate == CurrentRate && budgetSeconds == _askedBudget && keepLate == _askedKeepLate
                && heartbeatSeconds == _askedHeartbeat)
            {
                return;
            }

            CurrentRate = rate;
            _askedBudget = budgetSeconds;
            _askedKeepLate = keepLate;
            _askedHeartbeat = heartbeatSeconds;
            _watch.Stop(); // results at the old rate say nothing about this one
            if (rate < 1f)
            {
                _slot.Unsubscribe();
            }
            else
            {
                _mayBeMended = true;
                _slot.Subscribe(rate, budgetSeconds, FrameFormat.Unspecified, LadderPolicy.Any, keepLate, heartbeatSeconds);
            }
        }

        private void Upload(in TextureFrame frame)
        {
            UploadMarker.Begin();
            Texture2D texture = _shelf.For(frame);
            if (texture is null || !Fill(texture, frame.Bytes))
            {
                _setup ??= "a frame in " + frame.Format + " of " + frame.Length + " bytes does not fit a texture of "
                    + frame.Width + "x" + frame.Height + "; server and client differ, update the older one";
            }
            else
            {
                Count(frame);
                Present(texture);
            }

            UploadMarker.End();
        }

        /// <summary>Our only copy on the main thread: from the slot's buffer to the texture's memory.</summary>
        private static bool Fill(Texture2D texture, ReadOnlySpan<byte> bytes)
        {
            Span<byte> raw = texture.GetRawTextureData<byte>().AsSpan();
            if (raw.Length != bytes.Length)
            {
                return false;
            }

            bytes.CopyTo(raw);
            texture.Apply(false, false);
            return true;
        }

        private void Count(in TextureFrame frame)
        {
            LastFrame = frame;
            UploadCount++;
            HearFrame(frame.Repeated);
        }

        private void Present(Texture2D texture)
        {
            bool other = !ReferenceEquals(texture, _texture);
            _texture = texture;
            Present();
            if (other)
            {
                onTextureChanged.Invoke(texture);
            }

            Updated?.Invoke(this);
        }

        private void Present() => _display?.Show(Texture);

        private void Plan()
        {
            if (_client.State == BridgeState.Ready)
            {
                _shelf.Plan(_client.Models, _client.Formats);
                _planned = true;
            }
        }
    }
}
