"""`generate` of transformers as a contestant: the same weights, in bfloat16 or float32.

python generate.py bfloat16
"""

import sys

import torch
import transformers
from torch import Tensor

from decoders.contestant import Stopwatch, Work, serve
from models.gguf import file as gguf
from models.language.weights import find_weights

_PARTS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def load(dtype: torch.dtype) -> transformers.PreTrainedModel:
    """The model of the GGUF file."""
    file = gguf.read(find_weights())

    def number(key: str) -> int:
        return file.value(f"llama.{key}", int)

    configuration = transformers.LlamaConfig(
        vocab_size=number("vocab_size"),
        hidden_size=number("embedding_length"),
        intermediate_size=number("feed_forward_length"),
        num_hidden_layers=number("block_count"),
        num_attention_heads=number("attention.head_count"),
        num_key_value_heads=number("attention.head_count_kv"),
        max_position_embeddings=number("context_length"),
        rms_norm_eps=file.value("llama.attention.layer_norm_rms_epsilon", float),
        rope_parameters={"rope_type": "default", "rope_theta": file.value("llama.rope.freq_base", float)},
        tie_word_embeddings=True,
    )
    model = transformers.LlamaForCausalLM(configuration).eval()
    model.load_state_dict(_state(file, configuration), strict=False)
    model.tie_weights()
    return model.to(dtype)


def _state(file: gguf.GGUF, configuration: transformers.LlamaConfig) -> dict[str, Tensor]:
    def values(name: str) -> Tensor:
        return torch.from_numpy(file.tensors[f"{name}.weight"].dequantise().copy())

    state = {"model.embed_tokens.weight": values("token_embd"), "model.norm.weight": values("output_norm")}
    heads = {"attn_q": configuration.num_attention_heads, "attn_k": configuration.num_key_value_heads}
    for layer in range(configuration.num_hidden_layers):
        for theirs, stored in _PARTS.items():
            weight = values(f"blk.{layer}.{stored}")
            if (
                stored in heads
            ):  # GGUF has the values that are rotated together side by side, transformers in two halves
                weight = weight.view(heads[stored], -1, 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)
            state[f"model.layers.{layer}.{theirs}.weight"] = weight
    return state


def main() -> None:
    torch.set_num_threads(1)
    dtype = {"bfloat16": torch.bfloat16, "float32": torch.float32}[sys.argv[1]]
    model = load(dtype)

    @torch.inference_mode()
    def run(work: Work, watch: Stopwatch) -> list[list[int]]:
        prompts = torch.tensor(work.prompts)
        said = model.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            min_new_tokens=work.tokens,
            max_new_tokens=work.tokens,
            do_sample=False,
            pad_token_id=0,
        )
        watch.lap("generate")
        answer: list[list[int]] = said[:, prompts.shape[1] :].tolist()
        return answer

    serve(run, {"transformers": transformers.__version__, "torch": torch.__version__, "dtype": sys.argv[1]})


if __name__ == "__main__":
    main()
