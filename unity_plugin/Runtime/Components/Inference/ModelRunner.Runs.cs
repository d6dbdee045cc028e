using System;
using Unity.Profiling;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>From the texture and the inputs to the server.</summary>
    public sealed partial class ModelRunner
    {
        private const double RetrySeconds = 2;

        private static readonly ProfilerMarker ReadbackMarker = new ProfilerMarker("FrameBridge.Readback");

        private readonly int[] _shape = new int[3];
        private TensorGrabber _grabber;
        private string _sentName; // of the texture's input, once there is one
        private BridgeClient _client;
        private InferenceSlot _slot;
        private double _nextAt;
        private double _sentAt;
        private double _retryAt;

        /// <summary>
        /// Runs the model with the current inputs, besides the steady runs. With a texture its readback is started, and
        /// the run follows in a later frame. False if that is not possible now: the stream is not open, all buffers are
        /// busy, eight runs are unanswered, or the model takes other inputs (<see cref="Problem"/> says which).
        /// </summary>
        public bool TryRun()
        {
            DropRenamed();
            if (!isActiveAndEnabled || !FollowConnection() || !_slot.CanSend || !CanRun)
            {
                return false;
            }

            return picture == null ? Send() : Grab();
        }

        void IBridgeStep.Step()
        {
            double now = Time.unscaledTimeAsDouble;
            _watch.Advance(now);
            DropRenamed();
            if (FollowConnection())
            {
                Take();
                SendPicture();
                RunIfDue(now);
            }

            Judge(now);
        }

        private bool FollowConnection()
        {
            BridgeConnection from = Connection;
            BridgeClient client = from is null ? null : from.Client;
            if (!ReferenceEquals(client, _client))
            {
                _client = client;
                _slot = null;
                _retryAt = 0;
            }

            if (_slot != null && _slot.LatestOnly != latestOnly)
            {
                CloseSlot();
            }

            return _slot != null || (client != null && OpenSlot());
        }

        private bool OpenSlot()
        {
            double now = Time.unscaledTimeAsDouble;
            if (now < _retryAt || _client.State != BridgeState.Ready)
            {
                return false;
            }

            try
            {
                _slot = _client.Inference.OpenSlot(latestOnly);
                _setup = null;
                return true;
            }
            catch (BridgeException error)
            {
                _retryAt = now + RetrySeconds;
                _setup = error.Message;
                return false;
            }
        }

        private void RunIfDue(double now)
        {
            if (runsPerSecond <= 0f || now < _nextAt || !_client.Inference.IsOpen || !CanRun)
            {
                return;
            }

            double period = 1.0 / runsPerSecond;
            _nextAt = Math.Max(_nextAt, now - (0.5 * period)) + period; // keeps the rate at any frame rate
            if (!_slot.CanSend || !(picture == null ? Send() : Grab()))
            {
                DroppedCount++;
            }
        }

        private bool Grab()
        {
            ReadbackMarker.Begin();
            _grabber ??= new TensorGrabber();
            bool isGrabbed = _grabber.TryGrab(picture, width, height);
            ReadbackMarker.End();
            return isGrabbed;
        }

        private void SendPicture()
        {
            Snapshot newest = _grabber?.Newest();
            if (newest == null)
            {
                return;
            }

            newest.Empty();
            if (!_slot.CanSend || !CanRun)
            {
                DroppedCount++;
                return;
            }

            Fill(newest);
            DroppedCount += Send() ? 0 : 1;
        }

        private void Fill(Snapshot snapshot)
        {
            int wide = snapshot.Width;
            int high = snapshot.Height;
            _sentName = inputName;
            if (inputLayout == TensorLayout.Float32Chw)
            {
                Shape(InputCheck.Channels, high, wide);
                TensorPixels.ToPlanes(snapshot.Pixels, _inputs.Prepare<float>(inputName, _shape), wide, high, !IsTopFirst);
            }
            else
            {
                Shape(high, wide, InputCheck.Channels);
                TensorPixels.ToTriples(snapshot.Pixels, _inputs.Prepare<byte>(inputName, _shape), wide, high, !IsTopFirst);
            }
        }

        // The texture's tensor under an earlier name would go up with it, and the model take neither.
        private void DropRenamed()
        {
            if (_sentName != null && picture != null && !string.Equals(_sentName, inputName, StringComparison.Ordinal))
            {
                _inputs.Remove(_sentName);
                _sentName = null;
            }
        }

        private void Shape(int first, int second, int third)
        {
            _shape[0] = first;
            _shape[1] = second;
            _shape[2] = third;
        }

        // A readback returns a texture's rows from v = 0 on, in every graphics API; what lies at v = 0 depends on who
        // filled the texture.
        private bool IsTopFirst =>
            rows == PictureRows.TopFirst || (rows == PictureRows.Screen && SystemInfo.graphicsUVStartsAtTop);

        private bool Send()
        {
            try
            {
                bool isSent = _slot.TrySend(model, _inputs, budgetSeconds, ladder) > 0;
                if (isSent)
                {
                    SentCount++;
                    _sentAt = Time.unscaledTimeAsDouble;
                    _setup = null;
                }

                return isSent;
            }
            catch (BridgeException error)
            {
                _setup = error.Message; // larger than a request may be
                return false;
            }
        }
    }
}
