"""Ways to break the values of GGUF tensors, and what is refused of a file."""

import models.gguf.blocks
import models.gguf.file
import models.gguf.four_bit
import models.gguf.i_blocks
import models.gguf.k_blocks
from tests.models.gguf import test_file as file
from tests.models.gguf import test_values as values
from tests.mutants.mutant import Mutant

_B, _F, _I, _K, _P = (
    models.gguf.blocks,
    models.gguf.file,
    models.gguf.i_blocks,
    models.gguf.k_blocks,
    models.gguf.four_bit,
)

MUTANTS = (
    Mutant(
        "high_halves_before_low",
        _B,
        "shifts = np.arange(0, 8, width, dtype=np.uint8)[:, None]",
        "shifts = np.arange(0, 8, width, dtype=np.uint8)[::-1, None]",
        values.test_values_are_the_packages,
        {"name": "Q4_0"},
    ),
    Mutant(
        "neighbours_share_a_byte",
        _K,
        'return bit_fields(blocks["pairs"].reshape(n, 4, 32), 4).reshape(n, 8, 32)',
        'return bit_fields(blocks["pairs"].reshape(n, 128, 1), 4).reshape(n, 8, 32)',
        values.test_values_are_the_packages,
        {"name": "Q4_K"},
    ),
    Mutant(
        "fifth_bits_from_the_top",
        _B,
        'bitorder="little"',
        'bitorder="big"',
        values.test_values_are_the_packages,
        {"name": "Q5_0"},
    ),
    Mutant(
        "scales_lose_their_top_bits",
        _K,
        "(third & 15) | (first >> 6 << 4)",
        "(third & 15)",
        values.test_values_are_the_packages,
        {"name": "Q5_K"},
    ),
    Mutant(
        "minima_take_the_scales_top_bits",
        _K,
        "(third >> 4) | (second >> 6 << 4)",
        "(third >> 4) | (first >> 6 << 4)",
        values.test_values_are_the_packages,
        {"name": "Q4_K"},
    ),
    Mutant(
        "a_third_bit_takes_four_away",
        _K,
        "return scaled(integers.view(np.int8) - np.int8(4), scales)",
        "return scaled((integers ^ 4).view(np.int8) - np.int8(4), scales)",
        values.test_values_are_the_packages,
        {"name": "Q3_K"},
    ),
    Mutant(
        "high_bits_of_the_other_half",
        _K,
        'bit_fields(blocks["high"].reshape(n, 2, 32), 2)',
        'bit_fields(blocks["high"].reshape(n, 2, 32)[:, ::-1], 2)',
        values.test_values_are_the_packages,
        {"name": "Q6_K"},
    ),
    Mutant(
        "scales_of_groups_change_places",
        _I,
        'np.stack((blocks["groups_low"] & 15, blocks["groups_low"] >> 4), axis=-1)',
        'np.stack((blocks["groups_low"] & 15, blocks["groups_low"] >> 4), axis=-2)',
        values.test_values_are_the_packages,
        {"name": "IQ4_XS"},
    ),
    Mutant(
        "minima_of_four_bits_are_added",
        _P,
        "scales, -minima)",
        "scales, minima)",
        values.test_parts_of_four_bits_give_the_values,
        {"name": "Q4_K"},
    ),
    Mutant(
        "metadata_without_end",
        _F,
        "        self.items_left -= count\n",
        "",
        file.test_metadata_of_many_items_are_refused,
    ),
    Mutant(
        "a_part_passes_for_the_whole",
        _F,
        "if isinstance(parts, int) and parts > 1:",
        "if isinstance(parts, int) and parts > 3:",
        file.test_a_part_of_a_split_file,
    ),
)
