"""Two processes learn as one does."""

import multiprocessing
import os
import socket
from multiprocessing.queues import Queue

import pytest
import torch

from models.training.dialogue.network import Group, Network
from models.training.dialogue.team import Team
from models.training.dialogue.train import learn
from tests.models.training.test_dialogue import packed, tokens, trained

BATCHES = [(1, 9), (2, 12), (3, 5), (4, 11)]  # seeds and lengths


def gradients(network: Network) -> torch.Tensor:
    return torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None])


def learnt(team: Team) -> tuple[dict[str, float], torch.Tensor]:
    """What a process of a team learns from its share of all batches."""
    network = trained()
    batches = [packed(tokens(seed, length), [Group(0, [length])]) for seed, length in team.share(BATCHES)]
    figures = learn(network, batches, team)
    return figures, gradients(network)


def member(rank: int, port: int, results: "Queue[tuple[int, dict[str, float], list[float]]]") -> None:
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    figures, own = learnt(Team.joined())
    results.put((rank, figures, own.tolist()))
    torch.distributed.destroy_process_group()


def test_two_processes_have_the_gradients_of_one() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spawn = multiprocessing.get_context("spawn")
    results: Queue[tuple[int, dict[str, float], list[float]]] = spawn.Queue()
    members = [spawn.Process(target=member, args=(rank, port, results)) for rank in range(2)]
    for one in members:
        one.start()
    found = {rank: (figures, torch.tensor(own)) for rank, figures, own in (results.get(timeout=300) for _ in range(2))}
    for one in members:
        one.join()
        assert one.exitcode == 0
    figures, alone = learnt(Team())
    assert alone.abs().max() > 0.01
    for theirs, own in found.values():
        assert torch.allclose(own, alone, atol=1e-5)
        assert theirs == pytest.approx(figures, rel=1e-4)
    assert torch.equal(found[0][1], found[1][1])


def test_a_share_that_is_not_even_is_refused() -> None:
    assert [list(Team(rank, 2).share("abcd")) for rank in (0, 1)] == [["a", "c"], ["b", "d"]]
    with pytest.raises(ValueError, match="3 parts cannot be shared by 2 processes"):
        Team(0, 2).share("abc")
