"""What is declared of a folder, from its JSON files alone; and each way in which one cannot be served."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models.hf.declaration import hf_model
from models.module.tensors import Dim, Tensor
from tests.models.hf.conftest import Saved

CONFIG: dict[str, Any] = {"architectures": ["ViTForImageClassification"], "image_size": 32}


def folder(path: Path, config: Any = CONFIG, **files: Any) -> Path:
    """With files of JSON; a `__` in a name is a dot."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "model.safetensors").touch()
    for name, content in {"config__json": config, **files}.items():
        (path / name.replace("__", ".")).write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("processor", "size"),
    [
        ({"size": {"height": 40, "width": 60}}, (40, 60)),
        ({"size": 40}, (40, 40)),
        ({"size": {"shortest_edge": 48}}, (48, 48)),
        (
            {"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 200}, "do_center_crop": True},
            (224, 200),
        ),
        ({"size": {"shortest_edge": 256}, "crop_size": 224, "do_center_crop": True}, (224, 224)),
        ({"size": {"shortest_edge": 256}, "crop_size": 224, "do_center_crop": False}, (256, 256)),
        ({"size": {"shortest_edge": 800, "longest_edge": 1333}}, (800, 1066)),
        ({"size": {"shortest_edge": 800, "longest_edge": 900}}, (800, 900)),
        ({"size_divisor": 32}, (32, 32)),
        ({"size": {"height": 0, "width": 60}}, (32, 32)),
        (None, (32, 32)),
    ],
)
def test_pictures_have_the_size_that_the_files_say(tmp_path: Path, processor: Any, size: tuple[int, int]) -> None:
    files = {} if processor is None else {"preprocessor_config__json": processor}
    assert hf_model(str(folder(tmp_path, **files))).inputs == {"image": Tensor("uint8", (*size, 3))}


def test_the_operator_s_size_comes_first(tmp_path: Path) -> None:
    assert hf_model(f"{folder(tmp_path)}?size=48x64").inputs == {"image": Tensor("uint8", (48, 64, 3))}


@pytest.mark.parametrize(
    ("config", "tokenizer", "sentences", "longest"),
    [
        ({"max_position_embeddings": 128}, {}, {}, 128),
        ({"max_position_embeddings": 514}, {"model_max_length": 300}, {}, 300),
        ({"max_position_embeddings": 514}, {"model_max_length": 10**30}, {"max_seq_length": 256}, 256),
        ({"max_position_embeddings": 8192}, {}, {}, 512),
        ({}, {}, {}, 512),
    ],
)
def test_texts_are_as_long_as_the_files_say(
    tmp_path: Path, config: Any, tokenizer: Any, sentences: Any, longest: int
) -> None:
    files = {"tokenizer_config__json": tokenizer, "sentence_bert_config__json": sentences}
    found = {"architectures": ["BertModel"], "vocab_size": 100, **config}
    place = folder(tmp_path, found, **files)
    assert hf_model(str(place)).inputs == {"input_ids": Tensor("int64", (Dim(1, longest),))}
    assert hf_model(f"{place}?tokens=600").inputs == {"input_ids": Tensor("int64", (Dim(1, 600),))}


@pytest.mark.parametrize(
    ("last", "name"),
    [
        ("vit-base-patch16-224", "vit-base-patch16-224"),
        ("Swin2SR (x2) v1.0", "swin2sr-x2-v1-0"),
        ("_(Portraits)", "portraits"),
        ("3d", "hf-3d"),
        ("深度", "hf"),
        ("a" * 60, "a" * 48),
    ],
)
def test_it_is_named_after_its_folder(tmp_path: Path, last: str, name: str) -> None:
    assert hf_model(str(folder(tmp_path / last))).name == name


def test_a_relative_folder_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder(tmp_path / "portrait"))
    assert hf_model(".").name == "portrait"


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("{", r"config.json cannot be read as JSON \(Expecting property name.*\); save or download it again"),
        ("[1]", "config.json holds no JSON object; save or download it again"),
        ("[" * 100_000, "config.json cannot be read as JSON"),
        ({}, "names no architecture, so what the model does is unknown; add its class"),
        ({"architectures": [7]}, "names no architecture"),
        (
            {**CONFIG, "auto_map": {"AutoModel": "code.Model"}},
            r"Python code of its own \(auto_map\), which is never run",
        ),
        (
            {**CONFIG, "vision_config": {"attn_implementation": "somebody/kernel"}},
            r"a kernel of the hub \(attn_implementation: 'somebody/kernel'\), which is code and never run; remove that",
        ),
        ({"architectures": ["GPT2LMHeadModel"]}, "is a causal language model; these belong to the dialogue capability"),
        ({"architectures": ["LlamaForCausalLM"]}, "name it with --dialogue-model"),
        (
            {"architectures": ["WhisperForConditionalGeneration"]},
            "WhisperForConditionalGeneration is not served; there",
        ),
        ({"architectures": ["T5Model"], "vocab_size": 9, "is_encoder_decoder": True}, "T5Model is not served"),
        ({"architectures": ["CLIPModel"], "text_config": {}}, "CLIPModel is not served"),
        (
            {"architectures": ["GLPNForDepthEstimation"]},
            r"do not say how large its pictures are; say it, as in hf:.*\?size=",
        ),
    ],
)
def test_a_config_that_cannot_be_served_says_what_to_do(tmp_path: Path, config: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        hf_model(str(folder(tmp_path, config)))


def test_a_config_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.json_file.MOST_BYTES", 10)
    with pytest.raises(ValueError, match=r"config.json cannot be read as JSON \(larger than 0 MiB\)"):
        hf_model(str(folder(tmp_path)))


def test_code_that_a_processor_asks_for_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, preprocessor_config__json={"auto_map": {"AutoImageProcessor": "code.Processor"}})
    with pytest.raises(ValueError, match=r"preprocessor_config.json asks for Python code of its own"):
        hf_model(str(place))


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "has no model.safetensors; save or download the model again"),
        ({"pytorch_model__bin": ""}, r"as pickle only \(pytorch_model.bin\), which can run code .* save_pretrained"),
        (
            {
                "model-1__safetensors": "",
                "model__safetensors__index__json": {
                    "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-3.safetensors"}
                },
            },
            r"lacks model-2.safetensors, one of 2 missing of 3 parts of its weights; copy or download it again",
        ),
        ({"model__safetensors__index__json": {}}, "index.json names no weights"),
        ({"model__safetensors__index__json": "x"}, "index.json cannot be read as JSON"),
    ],
)
def test_weights_that_are_missing_or_pickled_are_refused(tmp_path: Path, files: Any, sentence: str) -> None:
    place = folder(tmp_path, **files)
    (place / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=sentence):
        hf_model(str(place))


def test_an_adapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds an adapter; merge it into its base model"):
        hf_model(str(folder(tmp_path, adapter_config__json={})))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no config.json; save the model there"):
        hf_model(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no model is named; write a folder or a repository"),
        ("?online", "no model is named"),
        ("a/b?offline", r"the option 'offline' is not understood; there are \?online, \?size=HEIGHTxWIDTH"),
        ("a/b?size=0x3", "the option 'size=0x3' is not understood"),
        ("a/b?tokens=many", "the option 'tokens=many' is not understood"),
        ("/no/such/folder", "there is no folder /no/such/folder, and no repository can have that name"),
        ("../nowhere", "there is no folder"),
        ("a/b/c", "no repository can have that name"),
    ],
)
def test_a_reference_that_cannot_be_read_says_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        hf_model(text)


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"config.json is a file; name the folder that holds its config.json"):
        hf_model(str(folder(tmp_path) / "config.json"))


def test_a_repository_in_the_cache_is_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tmp_path / "models--studio--portrait-net"
    folder(repository / "snapshots" / "0123abcd")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abcd")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert hf_model("studio/portrait-net").name == "portrait-net"
    with pytest.raises(
        ValueError,
        match=rf"no such repository in {tmp_path}; check the name, or allow the download with "
        r"hf:studio/other\?online",
    ):
        hf_model("studio/other")


def test_a_download_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        ValueError, match=r"'studio/portrait' cannot be downloaded \(.+\); check its name and the network"
    ):
        hf_model("studio/portrait?online")


def test_a_download_asks_for_json_and_safetensors_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def download(repository: str, **options: Any) -> str:
        asked.update(options, repository=repository)
        return str(folder(tmp_path))

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert hf_model("studio/portrait?online").name == "portrait"
    assert asked == {
        "repository": "studio/portrait",
        "allow_patterns": ["*.json", "*.safetensors"],
        "ignore_patterns": ["*/*.safetensors"],
    }


def test_without_transformers_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"not installed; run `pip install 'framebridge\[hf\]'`"):
        hf_model(str(folder(tmp_path)))


def test_a_declaration_imports_neither_torch_nor_transformers(saved: Saved) -> None:
    told = (
        "import sys; from bridge.device.hf_models import hf_model; hf_model(sys.argv[1]); "
        "print(sorted({'torch', 'transformers'} & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", told, saved("vit")], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
