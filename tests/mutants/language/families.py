"""Ways to read a language model almost right."""

import models.language.architecture
import models.language.checkpoints.gguf_metadata
import models.language.checkpoints.hf_config
import models.language.checkpoints.safetensors
import models.language.decoder
import models.language.rope
import models.language.weights
from tests.models.language.families import test_folder as folder
from tests.models.language.families import test_logits as logits
from tests.models.language.families import test_refused as refused
from tests.mutants.mutant import Mutant

_A, _D, _R, _W = (
    models.language.architecture,
    models.language.decoder,
    models.language.rope,
    models.language.weights,
)
_G, _H, _S = (
    models.language.checkpoints.gguf_metadata,
    models.language.checkpoints.hf_config,
    models.language.checkpoints.safetensors,
)

MUTANTS = (
    Mutant(
        "halves_are_turned_as_neighbours",
        _W,
        "return gguf.Tensor(stored.kind, stored.shape, stored.blocks[rows.numpy()])",
        "return stored",
        logits.test_a_folder_agrees_with_transformers,
        {"name": "mistral"},
    ),
    Mutant(
        "biases_stay_where_they_were",
        _W,
        '_tensor(self.heads(f"{layer}.attn_{part}.bias"))',
        '_tensor(self.checkpoint.tensor(f"{layer}.attn_{part}.bias"))',
        logits.test_a_gguf_file_agrees_with_transformers,
        {"name": "qwen2"},
    ),
    Mutant(
        "norms_of_heads_stay_where_they_were",
        _W,
        '_tensor(self.heads(f"{layer}.attn_{part}_norm.weight"))',
        '_tensor(self.checkpoint.tensor(f"{layer}.attn_{part}_norm.weight"))',
        logits.test_a_folder_agrees_with_transformers,
        {"name": "qwen3"},
    ),
    Mutant(
        "keys_are_not_normed",
        _D,
        "turned.copy_(self.head_norms(turned))",
        "turned[:, : s.heads].copy_(self.head_norms(turned)[:, : s.heads])",
        logits.test_a_folder_agrees_with_transformers,
        {"name": "qwen3"},
    ),
    Mutant(
        "the_head_is_the_embedding",
        _D,
        "self.output.look_up(tokens)",
        "self.embedding.look_up(tokens)",
        logits.test_the_likeliest_are_looked_up_in_the_head,
    ),
    Mutant(
        "yarn_leaves_the_lengths",
        _R,
        "length = scaling.attention if isinstance(scaling, YarnScaling) else 1.0",
        "length = 1.0",
        logits.test_a_folder_agrees_with_transformers,
        {"name": "yarn"},
    ),
    Mutant(
        "yarn_always_rounds_its_bounds",
        _R,
        "if scaling.truncate:",
        "if True:",
        logits.test_a_folder_agrees_with_transformers,
        {"name": "odd yarn"},
    ),
    Mutant(
        "llama3_slows_all_pairs_between",
        _R,
        "kept = ((turns - scaling.low) / (scaling.high - scaling.low)).clamp(0, 1)",
        "kept = (turns > scaling.high).double()",
        logits.test_a_folder_agrees_with_transformers,
        {"name": "llama3"},
    ),
    Mutant(
        "a_window_that_no_layer_has",
        _H,
        'late = numbers.whole("max_window_layers", 28) < numbers.whole("num_hidden_layers")',
        'late = numbers.whole("max_window_layers", 28) <= numbers.whole("num_hidden_layers")',
        refused.test_qwen_says_in_four_places_whether_it_has_a_window,
        {"change": {"use_sliding_window": True, "sliding_window": 32, "max_window_layers": 2}, "window": None},
    ),
    Mutant(
        "a_window_is_one_longer",
        _A,
        "if self.window is not None and context > self.window:",
        "if self.window is not None and context > self.window + 1:",
        refused.test_a_window_is_named_where_it_would_matter,
    ),
    Mutant(
        "keys_that_are_not_known_are_passed_over",
        _G,
        "    keys.check_known()\n",
        "",
        refused.test_metadata_are_read_or_refused_by_name,
        {"name": "llama2", "changes": {"llama.expert_count": 8}, "sentence": "llama.expert_count"},
    ),
    Mutant(
        "tensors_reach_beyond_the_file",
        _S,
        "or last > len(data) - begin or",
        "or",
        folder.test_a_damaged_header_is_named,
        {"header": {"a": folder.GOOD["a"] | {"data_offsets": [4, 20]}}, "said": "not where the header says"},
    ),
)
