using NUnit.Framework;

namespace FrameBridge.Tests
{
    /// <summary>Counts, shares and quantiles.</summary>
    public class StatisticsTests
    {
        [Test]
        public void AnswersAndTheirLack()
        {
            var statistics = new CapabilityStatistics();
            Assert.That((statistics.InBudgetShare, statistics.P99Seconds), Is.EqualTo((1.0, 0.0)));
            statistics.Answered(0.010, onTime: true, Repetition.None);
            statistics.Answered(0.020, onTime: true, Repetition.Carried);
            statistics.Answered(0.020, onTime: true, Repetition.Picture);
            statistics.Answered(0.090, onTime: false, Repetition.None);
            statistics.Unanswered(new Outcome { Disposition = Disposition.Refused, Stage = Stage.Queue });
            statistics.Unanswered(new Outcome { Disposition = Disposition.Superseded });
            statistics.Unanswered(new Outcome { Disposition = Disposition.Cancelled });
            statistics.Unanswered(new Outcome { Disposition = Disposition.Unchanged });
            statistics.Unanswered(new Outcome { Disposition = Disposition.Failed, Stage = (Stage)99 });
            Assert.That((statistics.InBudgetCount, statistics.LateCount, statistics.RepeatedCount, statistics.SupersededCount), Is.EqualTo((2L, 3L, 2L, 1L)));
            Assert.That((statistics.LateBy(Stage.Transport), statistics.LateBy(Stage.Queue), statistics.LateBy(Stage.Unspecified)), Is.EqualTo((1L, 1L, 1L)));
            Assert.That(statistics.InBudgetShare, Is.EqualTo(2 / 6.0), "a picture again is not in budget, boxes carried on are");
            Assert.That((statistics.P50Seconds, statistics.P99Seconds), Is.EqualTo((0.020, 0.090)));
            Assert.That(statistics.UnchangedCount, Is.EqualTo(1L));
        }

        [Test]
        public void OnlyTheRecentCountForTheShare()
        {
            var statistics = new CapabilityStatistics();
            for (var i = 0; i < 256; i++)
            {
                statistics.Answered(1, onTime: false, Repetition.None);
            }

            for (var i = 0; i < 256; i++)
            {
                statistics.Answered(0.001, onTime: true, Repetition.None);
            }

            Assert.That((statistics.InBudgetShare, statistics.P99Seconds), Is.EqualTo((1.0, 0.001)));
        }
    }
}
