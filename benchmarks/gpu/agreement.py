"""How far answers are apart: objects, logits, textures, and a module of a user's own."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat
from gpu import pieces
from gpu.timing import result, rows
from models.avatar.avatar_program import FULL_LANE, AvatarProgram
from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import CHUNK, DECODE, PREFILL, DialogueProgram
from models.dialogue.sampling import LIKELIEST, Sampling
from models.language.batch import Batch, Row
from models.language.cache.slots import Lease
from models.language.decoder import Decoder
from models.language.static.graphs import Direct
from models.language.static.step import StaticStep
from models.language.static.trial import graphed_step
from models.module import tensors
from models.module.module_program import ModuleProgram
from models.recognition.detections import Candidates
from models.recognition.geometry import overlaps

CPU = torch.device("cpu")
_CONTEXT = 256
_ROWS = 4  # of a step in fixed shapes
_CLEAR, _SAME_PLACE = 0.45, 0.8  # score of an object that must be found by both, and the least IoU of its boxes

DIALOGUE: Mapping[str, Mapping[str, float]] = {  # nats, over all tokens of a conversation
    "float32": {"mean_divergence": 1e-5, "worst_divergence": 1e-3},
    "served": {"mean_divergence": 0.01, "worst_divergence": 0.5},
}
TEXTURE = {"lost_decibels": 0.05}
MODULE = {"differing_values": 0}
FORMATS = textures.available_on_device()

_TALK = (
    Message(Role.SYSTEM, "You are Mira, who keeps the inn at the harbour. Answer in one or two sentences."),
    Message(Role.USER, "Good evening! What is new in the village, and what do you have to eat tonight?"),
)


def objects(true: Candidates, found: Candidates) -> tuple[int, float]:
    """How many clear objects of `true` have no counterpart, and the largest difference in score of the others."""
    clear = int(np.count_nonzero(true.scores >= _CLEAR))
    if not clear:
        return 0, 0.0
    same = overlaps(true.boxes[:clear], found.boxes) >= _SAME_PLACE
    same &= true.class_ids[:clear, None] == found.class_ids[None, :]
    gaps = np.where(same, abs(true.scores[:clear, None] - found.scores[None, :]), np.inf).min(axis=1, initial=np.inf)
    matched = np.isfinite(gaps)
    return int((~matched).sum()), float(gaps[matched].max(initial=0.0))


def dialogue(device: torch.device, dtype: torch.dtype | None) -> Mapping[str, float]:
    """Kullback-Leibler divergence of the next token, read in chunks, step by step, and in steps of fixed shapes, which
    are graphs on CUDA.
    """
    exact = DialogueProgram.load(CPU, slots=1, context=_CONTEXT, dtype=torch.float32)
    other = DialogueProgram.load(device, slots=1, context=_CONTEXT, dtype=dtype)
    reply = exact.reply("numerics", _TALK, Sampling(max_new_tokens=1))
    tokens = list(reply.tokens)
    true = _logits(exact, tokens, _CONTEXT).log_softmax(-1)
    ways = [_logits(other, tokens, chunk) for chunk in (CHUNK, 1)] + [_logits_of_steps(other, tokens)]
    lost = [(true.exp() * (true - found.log_softmax(-1))).sum(-1) for found in ways]
    return {
        "mean_divergence": max(float(part.mean()) for part in lost),
        "worst_divergence": max(float(part.max()) for part in lost),
    }


def _logits(program: DialogueProgram, tokens: Sequence[int], chunk: int) -> Tensor:
    """At every position [tokens, vocabulary], float32 on the CPU; the likeliest as they are drawn from."""
    decoder = program.decoders[DECODE if chunk == 1 else PREFILL]
    parts = []
    for start in range(0, len(tokens), chunk):
        row = Row(Lease(None, _CONTEXT), 0, start, tokens[start : start + chunk], wanted=True)
        batch = Batch([row], program.pool)
        batch.last = torch.arange(len(row.tokens), device=program.pool.device)
        x = result(decoder.read(batch))
        parts.append(_drawn_from(decoder, x, result(decoder.logits(x))))
    return torch.cat(parts)


def _logits_of_steps(program: DialogueProgram, tokens: Sequence[int]) -> Tensor:
    """The same by steps in fixed shapes; RuntimeError where a CUDA device does not take them as graphs."""
    decoder, pool = program.decoders[DECODE], program.pool
    graphs = pool.device.type == "cuda"
    step = graphed_step(decoder, pool, _ROWS) if graphs else StaticStep(decoder, pool, [_ROWS], Direct())
    if step is None:
        raise RuntimeError("this device does not take decode steps as CUDA graphs; the log says why")
    parts = []
    for position, token in enumerate(tokens):
        x, rough = result(step.run([Row(Lease(None, _CONTEXT), 0, position, [token], wanted=True, width=1)]))
        parts.append(_drawn_from(decoder, x[:1], rough[:1]))
    return torch.cat(parts)


def _drawn_from(decoder: Decoder, x: Tensor, rough: Tensor) -> Tensor:
    """Logits, the likeliest as they are drawn from: float32 on the CPU."""
    likely, logits = decoder.likeliest(x, rough.float(), LIKELIEST)
    return rough.float().scatter(-1, likely, logits.float()).cpu()


def texture(device: torch.device, form: TextureFormat) -> Mapping[str, float]:
    """How much worse avatars come out than when the CPU encodes them with the same code, decoded by a library."""
    pieces.library("texture2ddecoder")
    from tests.codecs.decoding import decibels, decoded

    program = AvatarProgram.load(CPU)
    avatars = [np.asarray(picture) for picture in rows(program.start(FULL_LANE, program.sample(FULL_LANE, 8)))]
    batch = torch.from_numpy(np.stack(avatars))
    lost = []
    blocks = (textures.encode_on_device(pictures, form).cpu() for pictures in (batch, batch.to(device)))
    for avatar, here, there in zip(avatars, *blocks, strict=True):
        cpu, gpu = (
            decibels(decoded(data.numpy().tobytes(), form, 64, 64)[..., :3], avatar[..., :3]) for data in (here, there)
        )
        lost.append(cpu - gpu)
    return {"lost_decibels": max(0.0, *lost)}


def module(device: torch.device) -> Mapping[str, float]:
    """Values in which a sliced run of a small network differs from a plain call on the same batch."""
    torch.manual_seed(1)
    layers = [nn.Conv2d(channels, 32, 3, padding=1) for channels in (3, *[32] * 11)]
    network = nn.Sequential(*(part for layer in layers for part in (layer, nn.ReLU())))
    inputs = {"image": tensors.Tensor("float32", (3, 64, 64))}
    program = ModuleProgram("own", network, device, inputs, 4)
    lane = program.lanes[0].name
    sample = program.sample(lane, 4)
    sliced = np.stack([row["output"] for row in rows(program.start(lane, sample))])
    plain = network(torch.from_numpy(np.stack([row["image"] for row in sample])).to(device)).cpu().numpy()
    return {"differing_values": int((sliced != plain).sum())}
