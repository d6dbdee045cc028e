"""Any sequence of arrivals, cancellations, faults and slices, under the oracle's eyes."""

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, precondition, rule

from bridge.policy.scheduler import Scheduler
from bridge.policy.work import NEVER, Fault, Job, Run, WaitUntil
from tests.policy.oracle.books import KINDS, MS
from tests.policy.world import World

# Budgets are multiples of a tenth of a millisecond around what flights take, so that a row more or less decides.
budgets = st.integers(8, 400).map(lambda tenths: tenths * MS / 10)
# Two clients of one identity, one of another, and one that stands for itself.
clients = st.sampled_from([("a", "x"), ("b", "x"), ("c", "y"), ("d", "")])
deliveries = st.sampled_from([0.0, 0.0, 0.3 * MS, 1.0 * MS])  # of one more answer
keys = st.none() | st.sampled_from(["left", "right"])
ladders = st.sampled_from(
    [
        ("frame",),
        ("frame",),
        ("look",),
        ("small",),
        ("look", "small"),
        ("frame", None),
        ("look", "frame", None),
        ("frame+pack", None),
        ("look+pack/far", "look+pack", "small+pack"),
        ("look/far", "small/far"),
    ]
)


class Machine(RuleBasedStateMachine):
    """Judges `scheduler`."""

    scheduler: type[Scheduler] = Scheduler
    jobs: Bundle[Job] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.scheduler)
        self.run: Run | None = None

    @rule(target=jobs, ladder=ladders, budget=budgets, client=clients, key=keys, each=deliveries)
    def frame_arrives(self, ladder, budget, client, key, each):
        name, identity = client
        job = self.world.job(*ladder, budget=budget, client=name, identity=identity, key=key, each=each)
        return self.world.submit(job)

    @rule(ladder=ladders, budget=budgets, count=st.integers(2, 5), gap=st.integers(0, 8), each=deliveries)
    def burst_arrives(self, ladder, budget, count, gap, each):
        for _ in range(count):
            self.world.submit(self.world.job(*ladder, budget=budget, each=each))
            self.world.advance(gap * MS / 20)

    @rule(target=jobs, lane=st.sampled_from(["prompt", "talk"]), budget=st.none() | budgets, client=clients)
    def talk_arrives(self, lane, budget, client):
        name, identity = client
        return self.world.submit(self.world.job(lane, budget=budget, client=name, identity=identity, soft=True))

    @rule(job=consumes(jobs))
    def somebody_leaves(self, job):
        self.world.cancel(job)

    @rule(tenths=st.integers(1, 200))
    def time_passes(self, tenths):
        self.world.advance(tenths * MS / 10)

    @rule(goes_on=st.booleans(), prepares=st.booleans(), late=st.sampled_from([0.0, 0.0, 0.0, 1.0, 30.0]))
    def slice_runs(self, goes_on, prepares, late):
        decision = self.world.step()
        if isinstance(decision, Run):
            talks = decision.flight.lane in ("prompt", "talk")
            self.world.settle(decision, goes_on=goes_on and talks, late=late * MS, prepares=prepares)
        elif decision.time < NEVER:
            self.world.now = decision.time

    @rule(fault=st.sampled_from(list(Fault)))
    def slice_fails(self, fault):
        self.world.turn(fault=fault)

    @precondition(lambda self: self.run is None)
    @rule(lane=st.sampled_from(["frame", "small"]), budget=budgets, count=st.integers(1, 4), each=deliveries)
    def steady_bursts_arrive(self, lane, budget, count, each):
        for _ in range(6):
            for _ in range(count):
                self.world.submit(self.world.job(lane, budget=budget, each=each))
                decision = self.world.turn()
                self.world.advance(0.3 * MS)
            if isinstance(decision, WaitUntil) and decision.time < NEVER:
                self.world.now = max(self.world.now, decision.time)
            self.world.turn()
            self.world.turn()
            self.world.advance(KINDS[lane].base * 4)

    def teardown(self):
        self.world.finish()


def machine_for(scheduler: type[Scheduler]) -> type[RuleBasedStateMachine]:
    """The machine that judges one scheduler class."""
    return type(f"{scheduler.__name__}Machine", (Machine,), {"scheduler": scheduler})
