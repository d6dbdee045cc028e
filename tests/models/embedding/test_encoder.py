"""The encoder: transformers' BertModel, token for token, whatever the length and the company."""

import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional as F
from transformers import BertConfig, BertModel

from models.embedding.embedding_program import model_folder
from models.embedding.encoder import STAGES, Encoder
from models.embedding.word_pieces import PADDING
from tests.models.embedding.texts import finish

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def published() -> BertModel:
    return BertModel.from_pretrained(model_folder(), local_files_only=True).eval()


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(load_file(model_folder() / "model.safetensors"), CPU, torch.float32)


def expected(model: BertModel, tokens: torch.Tensor) -> torch.Tensor:
    """As sentence-transformers documents it: the mean over the tokens that are not padding, to length 1."""
    mask = (tokens != PADDING).long()
    with torch.inference_mode():
        hidden = model(input_ids=tokens, attention_mask=mask).last_hidden_state
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return F.normalize(mean, dim=-1)


def drawn(rows: int, length: int, seed: int) -> torch.Tensor:
    """Random tokens, each row padded from another place on."""
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(999, 30_522, (rows, length), generator=generator)
    ends = torch.randint(1, length + 1, (rows, 1), generator=generator)
    return tokens.where(torch.arange(length) < ends, PADDING)


@pytest.mark.parametrize(("rows", "length"), [(1, 16), (16, 16), (3, 57), (2, 256)])
def test_it_is_the_published_model(encoder: Encoder, published: BertModel, rows: int, length: int) -> None:
    tokens = drawn(rows, length, seed=rows)
    steps, found = finish(encoder(tokens, tokens == PADDING))
    assert steps == STAGES - 1
    torch.testing.assert_close(found, expected(published, tokens), atol=1e-5, rtol=0)


def test_any_weights_give_what_transformers_gives() -> None:
    """Weights that were never trained: nothing is close to anything by luck."""
    torch.manual_seed(1)
    config = BertConfig(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=96)
    model = BertModel(config, add_pooling_layer=False).eval()
    weights = {name: torch.randn_like(value) * 0.1 + value for name, value in model.state_dict().items()}
    model.load_state_dict(weights)
    tokens = drawn(4, 20, seed=2)
    _, found = finish(Encoder(weights, CPU, torch.float32)(tokens, tokens == PADDING))
    torch.testing.assert_close(found, expected(model, tokens), atol=1e-4, rtol=0)


def test_without_onednn_it_is_the_same(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    plain = Encoder(load_file(model_folder() / "model.safetensors"), CPU, torch.float32)
    tokens = drawn(2, 16, seed=3)
    (_, found), (_, wanted) = (finish(one(tokens, tokens == PADDING)) for one in (plain, encoder))
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)


def test_it_holds_what_it_says(encoder: Encoder) -> None:
    """The published parameters but for the pooler and the second segment."""
    stored = load_file(model_folder() / "model.safetensors")
    unused = sum(tensor.nbytes for name, tensor in stored.items() if name.startswith("pooler") or "_ids" in name)
    segments = stored["embeddings.token_type_embeddings.weight"].nbytes
    assert encoder.nbytes == sum(tensor.nbytes for tensor in stored.values()) - unused - segments
