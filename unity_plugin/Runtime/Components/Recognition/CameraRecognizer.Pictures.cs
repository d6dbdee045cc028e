using System;
using Unity.Profiling;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>From the camera to the server.</summary>
    public sealed partial class CameraRecognizer
    {
        private const double RetrySeconds = 2;

        private static readonly ProfilerMarker ReadbackMarker = new ProfilerMarker("FrameBridge.Readback");

        private readonly RecognitionTask[] _tasks = new RecognitionTask[MostKinds];
        private IPictureSource _pictures;
        private PictureGrabber _grabber;
        private BridgeClient _client;
        private CameraSlot _slot;
        private double _nextAt;
        private double _retryAt;

        void IBridgeStep.Step()
        {
            Advance();
            FollowSettings();
            if (_pictures != null && FollowConnection())
            {
                foreach (RecognitionKind kind in Kinds)
                {
                    Take(Wire(kind));
                }

                Send();
                Grab();
            }

            Judge();
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
                _slot = _client.Recognition.OpenSlot();
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

        /// <summary>
        /// Starts the readback of a picture when one is due; if all buffers are busy it is dropped, not deferred.
        /// </summary>
        private void Grab()
        {
            double now = Time.unscaledTimeAsDouble;
            if (now < _nextAt || WrongKinds() != null || !_slot.CanSend)
            {
                return;
            }

            if (!_grabber.HasRoom)
            {
                _nextAt = now + (1.0 / picturesPerSecond);
                DroppedCount++;
                return;
            }

            if (!_pictures.TryTake(out Texture picture, out PictureTurn turn))
            {
                return;
            }

            _isSeeing = true;

            ReadbackMarker.Begin();
            Keep(_grabber.Grab(picture, turn));
            _nextAt = Math.Max(_nextAt, now - (0.5 / picturesPerSecond)) + (1.0 / picturesPerSecond); // keeps the rate at any frame rate
            ReadbackMarker.End();
        }

        /// <summary>Stores the current pose with the picture.</summary>
        private void Keep(Snapshot snapshot)
        {
            Camera eye = sceneCamera == null ? Camera.main : sceneCamera;
            BridgeLimits limits = _client.Limits;
            if (eye == null || (limits != null && limits.MaxPoseBytes < CapturePose.ByteCount))
            {
                snapshot.PoseLength = 0;
                return;
            }

            var pose = new CapturePose
            {
                FieldOfView = fieldOfView > 0f ? fieldOfView : eye.fieldOfView,
                Aspect = snapshot.Width / (float)snapshot.Height,
            };
            eye.transform.GetPositionAndRotation(out pose.Position, out pose.Rotation);
            pose.Write(snapshot.Pose);
            snapshot.PoseLength = CapturePose.ByteCount;
        }

        private void Send()
        {
            Snapshot newest = _grabber.Newest();
            if (newest == null)
            {
                return;
            }

            newest.Empty();
            var image = new CameraImage
            {
                Format = ImageFormat.Rgba32,
                Width = newest.Width,
                Height = newest.Height,
                BottomUp = !IsTopFirst,
            };
            int count = Tasks();
            if (count == 0)
            {
                return;
            }

            var pose = new ReadOnlySpan<byte>(newest.Pose, 0, newest.PoseLength);
            if (TrySend(image, newest.Pixels, new ReadOnlySpan<RecognitionTask>(_tasks, 0, count), pose))
            {
                SentCount++;
                HearSent();
            }
            else
            {
                DroppedCount++;
            }
        }

        // A readback returns a texture's rows from v = 0 on, in every graphics API; what lies at v = 0 depends on who
        // filled the texture.
        private bool IsTopFirst =>
            rows == PictureRows.TopFirst || (rows == PictureRows.Screen && SystemInfo.graphicsUVStartsAtTop);

        private bool TrySend(in CameraImage image, ReadOnlySpan<byte> pixels, ReadOnlySpan<RecognitionTask> tasks, ReadOnlySpan<byte> pose)
        {
            try
            {
                return _slot.TrySend(image, pixels, tasks, pose) > 0;
            }
            catch (BridgeException error)
            {
                _setup = error.Message; // larger than the server accepts
                return false;
            }
        }

        private int Tasks()
        {
            int count = 0;
            for (int i = 0; i < Kinds.Length && count < MostKinds; i++)
            {
                if (IsAsked(Kinds[i]))
                {
                    _tasks[count++] = Task(Wire(Kinds[i]), BudgetOf(Kinds[i]));
                }
            }

            return count;
        }

        private RecognitionTask Task(RecognitionKind kind, float seconds) => new RecognitionTask
        {
            Kind = kind,
            BudgetSeconds = seconds,
            ScoreThreshold = scoreThreshold,
            MaxResults = maxResults,
            Ladder = LadderPolicy.Any,
            ByAppearance = byAppearance && kind == RecognitionKind.Track,
        };
    }
}
