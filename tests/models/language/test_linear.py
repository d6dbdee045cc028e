"""What multiplies: close to the dequantised matrix for every kind of tensor, and the same to the bit in any batch."""

import pytest
import torch
from torch import Tensor

from models.gguf import file as gguf
from models.language import int4, integers
from models.language.decoder import greatest
from models.language.dense import Dense
from models.language.int4 import Int4
from models.language.integers import Integers
from models.language.linear import Linear, Stacked, dense_of, linear_of
from models.language.number_formats import NumberFormats
from models.language.tables import StoredTable, head_of, table_of
from tests.models.language.stored import BY_NAME, QUANTISED, stored

CPU = torch.device("cpu")
PACKED = NumberFormats(torch.float32, packed=True, cache=torch.float16)
EXACT = NumberFormats(torch.float32, packed=False, cache=torch.float32)
ROWS, WIDTH = 96, 512

needs_kernels = pytest.mark.skipif(not int4.available(CPU), reason="needs AVX2")


def activations(rows: int, width: int = WIDTH) -> Tensor:
    return torch.randn(rows, width, generator=torch.Generator().manual_seed(7))


def values(*parts: gguf.Tensor) -> Tensor:
    return torch.cat([torch.from_numpy(part.dequantise()) for part in parts])


def error(linear: Linear, weight: Tensor) -> float:
    """Relative to the exact product."""
    x = activations(5, weight.shape[1])
    exact = x @ weight.T
    return float((linear(x).float() - exact).norm() / exact.norm())


@needs_kernels
@pytest.mark.parametrize("kind", sorted(BY_NAME))
def test_packed_products_are_those_of_the_values(kind: str) -> None:
    tensor = stored(kind, ROWS, WIDTH)
    made = linear_of([tensor], PACKED, CPU)
    assert error(made, values(tensor)) < (1e-5 if isinstance(made, Dense) else 0.012)


@pytest.mark.parametrize("kind", sorted(BY_NAME))
def test_without_packing_products_are_exact(kind: str) -> None:
    tensor = stored(kind, ROWS, WIDTH)
    assert error(linear_of([tensor], EXACT, CPU), values(tensor)) < 1e-5


@needs_kernels
@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("Q4_0", Int4),
        ("Q4_1", Int4),
        ("Q4_K", Int4),
        ("Q6_K", Integers),
        ("Q8_0", Integers),
        ("F16", Dense),
        ("BF16", Dense),
    ],
)
def test_what_is_chosen(kind: str, made: type) -> None:
    assert type(linear_of([stored(kind, ROWS, WIDTH)], PACKED, CPU)) is made


@needs_kernels
@pytest.mark.parametrize(("rows", "made"), [(16, Int4), (80, Int4), (176, Int4), (8, Integers), (100, Integers)])
def test_shapes_that_the_4_bit_kernel_cannot_take(rows: int, made: type) -> None:
    tensor = stored("Q4_1", rows, 96)
    linear = linear_of([tensor], PACKED, CPU)
    assert type(linear) is made
    assert error(linear, values(tensor)) < 0.012


@needs_kernels
def test_integers_are_kept_exactly() -> None:
    tensor = stored("Q4_0", 16, 32)
    tensor.blocks["scale"] = 0.25  # which bfloat16 has
    linear = linear_of([tensor], PACKED, CPU)
    assert torch.equal(linear(torch.eye(32)).float().T, values(tensor))


@needs_kernels
@pytest.mark.parametrize("kinds", [("Q4_K", "Q4_K", "Q6_K"), ("Q4_0", "Q4_0", "Q4_0"), ("Q5_0", "F32", "Q5_0")])
def test_matrices_below_one_another(kinds: tuple[str, ...]) -> None:
    parts = [stored(kind, rows, WIDTH, seed=rows) for kind, rows in zip(kinds, (96, 32, 32), strict=True)]
    made = linear_of(parts, PACKED, CPU)
    assert isinstance(made, Stacked) == (len(set(kinds)) > 1)
    assert error(made, values(*parts)) < 0.012
    assert error(dense_of(parts, EXACT, CPU), values(*parts)) < 1e-5


@needs_kernels
@pytest.mark.parametrize("kind", ["Q4_1", "Q8_0"])
@pytest.mark.parametrize(("rows", "width"), [(960, 576), (3072, 576), (576, 1536), (6144, 576), (80, 96)])
def test_a_row_is_the_same_to_the_bit_whatever_shares_its_batch(kind: str, rows: int, width: int) -> None:
    linear, x = linear_of([stored(kind, rows, width)], PACKED, CPU), activations(67, width)
    alone = torch.cat([linear(row[None]) for row in x])
    assert linear(x[:0]).shape == (0, rows)
    for batch in (2, 3, 4, 5, 8, 16, 67):
        together = torch.cat([linear(part) for part in x.split(batch)])
        assert torch.equal(alone, together), batch


@needs_kernels
def test_rows_of_zeros_stay_zeros() -> None:
    weight = torch.zeros(16, 32)
    weight[1] = 1
    product = Integers(weight)(torch.ones(1, 32)).float()
    assert product.isfinite().all()
    assert product[0, 0] == 0


@pytest.mark.parametrize("kind", QUANTISED)
def test_embeddings_are_looked_up_exactly(kind: str) -> None:
    tensor = stored(kind, 96, WIDTH)
    for formats in (PACKED, EXACT):
        table = table_of(tensor, formats, CPU)
        tokens = torch.tensor([[3, 95], [0, 3]])
        assert torch.equal(table.look_up(tokens), values(tensor)[tokens])
        assert isinstance(table, StoredTable) == formats.packed


@needs_kernels
@pytest.mark.parametrize("kind", ["Q8_0", "Q6_K", "Q4_0", "F32"])
@pytest.mark.parametrize("parts", [1, 3, 8])
def test_the_parts_of_a_head_are_the_whole_vocabulary(kind: str, parts: int) -> None:
    tensor, x = stored(kind, 200, WIDTH), activations(3)
    exact = x @ values(tensor).T
    for made in (head_of(tensor, PACKED, CPU, parts), table_of(tensor, PACKED, CPU).head(parts)):
        assert 1 <= len(made) <= parts
        logits = torch.cat([part(x).float() for part in made], dim=-1)
        assert (logits - exact).norm() / exact.norm() < 0.012


def test_shapes_that_kernels_take() -> None:
    assert int4.fits((16, 32), CPU)
    assert not int4.fits((24, 32), CPU)
    assert integers.available(CPU)
    assert int4.fits((24, 32), torch.device("cuda"))
    assert not integers.available(torch.device("cuda"))


@pytest.mark.parametrize("columns", [100, 64 * 70, 64 * 64, 50_000, 49_152])
def test_the_greatest_values_are_found(columns: int) -> None:
    logits = torch.randn(3, columns, generator=torch.Generator().manual_seed(columns))
    logits[1] = logits[1].sort().values
    expected = logits.topk(64)
    found = greatest(logits, 64)
    assert torch.equal(found, expected.indices)
    assert torch.equal(greatest(logits[2:], 64), found[2:])


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("kind", ["Q4_0", "Q4_1", "Q4_K"])
def test_4_bit_weights_on_cuda(kind: str) -> None:
    cuda = torch.device("cuda")
    if not int4.available(cuda):
        pytest.skip("needs compute capability 8.0")
    tensor = stored(kind, ROWS, WIDTH)
    linear = linear_of([tensor], NumberFormats(torch.bfloat16, packed=True, cache=torch.bfloat16), cuda)
    assert isinstance(linear, Int4)
    x = activations(5)
    exact = x @ values(tensor).T
    assert (linear(x.cuda()).float().cpu() - exact).norm() / exact.norm() < 0.012
