using System;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// Pings a server regularly, to notice a loss while no stream is open and to measure the link; and watches its
    /// models. A server that cannot be watched is polled while a model is not ready.
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

        /// <summary>
        /// Returns the error once the connection is lost. Throws <see cref="OperationCanceledException"/> when it is
        /// dropped.
        /// </summary>
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

                _session.Ended.ThrowIfCancellationRequested(); // a transport may still answer pings
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
                // If the connection is lost, the next ping reports it; if the server has no watch, poll from now on.
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
                // The ping came back, so the connection works; the list is requested again after the next one.
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

        /// <summary>A busy server may miss one ping; one that misses two, or refuses, is lost.</summary>
        private BridgeException Judge(Exception thrown)
        {
            _session.Ended.ThrowIfCancellationRequested();
            var error = _session.Transport.ErrorOf(thrown);
            var silent = error.Reason == ErrorReason.Cancelled || error.Reason == ErrorReason.NoAnswer;
            return silent && ++_silences < 2 ? null : error;
        }
    }
}
