using System;
using System.Collections.Generic;
using System.Threading;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>The server's side of the recognition stream.</summary>
    internal sealed class ScriptedRecognition
    {
        private readonly ScriptedServer _server;
        private readonly List<V1.CameraFrame> _frames = new List<V1.CameraFrame>();
        private ScriptedCall _call;

        internal ScriptedRecognition(ScriptedServer server) => _server = server;

        internal int SlotsClosed { get; private set; }

        /// <summary>While unset, the uplink is blocked: pictures wait in the client's buffers.</summary>
        internal ManualResetEventSlim Way { get; } = new ManualResetEventSlim(true);

        internal void Hear(ScriptedCall call, ReadOnlySpan<byte> bytes)
        {
            V1.RecognizeRequest message = V1.RecognizeRequest.Parser.ParseFrom(bytes);
            switch (message.MessageCase)
            {
                case V1.RecognizeRequest.MessageOneofCase.Open:
                    _call = call;
                    call.Send(new V1.RecognizeResponse { Opened = new V1.RecognizeOpened() });
                    break;
                case V1.RecognizeRequest.MessageOneofCase.CloseSlot:
                    SlotsClosed++;
                    break;
                default:
                    Way.Wait(TimeSpan.FromSeconds(30));
                    lock (_frames)
                    {
                        _frames.Add(message.Frame);
                    }

                    break;
            }
        }

        internal List<V1.CameraFrame> Frames()
        {
            lock (_frames)
            {
                return new List<V1.CameraFrame>(_frames);
            }
        }

        /// <summary>The pictures received since the last call.</summary>
        internal List<V1.CameraFrame> Take()
        {
            lock (_frames)
            {
                var taken = new List<V1.CameraFrame>(_frames);
                _frames.Clear();
                return taken;
            }
        }

        /// <summary>Sends the outcome of a task without an answer.</summary>
        internal void SendStatus(V1.CameraFrame frame, V1.RecognitionKind kind, V1.Outcome outcome) =>
            _call.Send(new V1.RecognizeResponse
            {
                Status = new V1.RecognitionStatus { Slot = frame.Slot, FrameIndex = frame.FrameIndex, Kind = kind, Outcome = outcome },
            });

        /// <summary>Answers a task of a picture.</summary>
        internal void Answer(V1.CameraFrame frame, V1.RecognitionResult result)
        {
            result.Slot = frame.Slot;
            result.FrameIndex = frame.FrameIndex;
            result.Timing = new V1.Timing { ServerMicros = 10, Rung = "faces.128", ModelVersion = "1" };
            _call.Send(new V1.RecognizeResponse { Result = result });
        }

        /// <summary>Answers a picture with one box.</summary>
        internal void Detect(V1.CameraFrame frame, string label, float x, float y, float width, float height) => Detect(
            frame, new V1.Detection { ClassId = 1, Label = label, Score = 0.9f, X = x, Y = y, Width = width, Height = height });

        internal void Detect(V1.CameraFrame frame, params V1.Detection[] boxes) => Send(frame, V1.RecognitionKind.Detect, boxes);

        internal void Track(V1.CameraFrame frame, params V1.Detection[] boxes) => Send(frame, V1.RecognitionKind.Track, boxes);

        private void Send(V1.CameraFrame frame, V1.RecognitionKind kind, V1.Detection[] boxes)
        {
            var result = new V1.RecognitionResult
            {
                Slot = frame.Slot,
                FrameIndex = frame.FrameIndex,
                Kind = kind,
                Pose = frame.Pose,
                SourceWidth = frame.Image.Width,
                SourceHeight = frame.Image.Height,
                Timing = new V1.Timing { ServerMicros = 10, Rung = "detector.416", ModelVersion = "1" },
            };
            result.Detections.AddRange(boxes);
            _call.Send(new V1.RecognizeResponse { Result = result });
        }
    }
}
