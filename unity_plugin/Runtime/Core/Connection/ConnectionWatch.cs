using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// Pings a server now and then, so that a loss is noticed while no stream is open and the link is
    /// known; and has it tell of its models as they change. A server that does not is asked while one is not ready.
    /// </summary>
    internal sealed class ConnectionWatch
    {
        private const double PauseSeconds = 2;
        private const int MinorThatTells = 1;
        private readonly Session _session;
        private readonly LinkMeter _link;
        private readonly double _timeout;
        private Task _telling = Task.CompletedTask;
        private int _silences;

        public ConnectionWatch(Session session, LinkMeter link, double timeoutSeconds)
        {
            _session = session;
            _link = link;
            _timeout = timeoutSeconds;
        }

        /// <summary>Returns why the connection is lost, once it is. Throws <see cref="OperationCanceledException"/> when it is given up.</summary>
        public async Task<BridgeException> RunAsync(Task<BridgeException> lost)
        {
            if (_session.Answer.ProtocolMinor >= MinorThatTells)
            {
                _telling = HearOfModelsAsync();
                _session.Watch(_telling);
            }

            while (true)
            {
                using (var pause = CancellationTokenSource.CreateLinkedTokenSource(_session.Ended))
                {
                    await Task.WhenAny(lost, Task.Delay(TimeSpan.FromSeconds(PauseSeconds), pause.Token)).ConfigureAwait(false);
                    pause.Cancel();
                }

                if (lost.IsCompleted)
                {
                    return await lost.ConfigureAwait(false);
                }

                _session.Ended.ThrowIfCancellationRequested(); // a transport may answer pings although it is over
                var ping = PingAsync();
                await Task.WhenAny(lost, ping).ConfigureAwait(false);
                var error = await (lost.IsCompleted ? lost : ping).ConfigureAwait(false);
                if (error != null)
                {
                    return error;
                }
            }
        }

        private async Task<BridgeException> PingAsync()
        {
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(_session.Ended))
            {
                patience.CancelAfter(TimeSpan.FromSeconds(_timeout));
                try
                {
                    var began = Clock.Now;
                    var server = await _session.Transport.PingAsync(patience.Token).ConfigureAwait(false);
                    _link.Measure(Clock.Now - began, server / 1e6);
                    _silences = 0;
                    await RefreshModelsAsync(patience.Token).ConfigureAwait(false);
                    return null;
                }
                catch (Exception thrown)
                {
                    return Judge(thrown);
                }
            }
        }

        private async Task HearOfModelsAsync()
        {
            try
            {
                await _session.Transport.WatchModelsAsync(models => _session.Answer.Models = models, _session.Ended).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Where the connection is lost the next ping tells; where the server takes no watchers it is asked from now on.
            }
        }

        private async Task RefreshModelsAsync(CancellationToken cancellation)
        {
            if (!_telling.IsCompleted || !AnyModelIsNotReady())
            {
                return;
            }

            try
            {
                _session.Answer.Models = await _session.Transport.ListModelsAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The ping came back, so the connection is there; the list is asked for again after the next one.
            }
        }

        private bool AnyModelIsNotReady()
        {
            var models = _session.Answer.Models;
            for (var i = 0; i < models.Count; i++)
            {
                if (models[i].State != ModelState.Ready)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>A server that is busy may let one ping wait; one that is silent twice, or refuses, is lost.</summary>
        private BridgeException Judge(Exception thrown)
        {
            _session.Ended.ThrowIfCancellationRequested();
            var error = _session.Transport.ErrorOf(thrown);
            var silent = error.Reason == ErrorReason.Cancelled || error.Reason == ErrorReason.NoAnswer;
            return silent && ++_silences < 2 ? null : error;
        }
    }
}
