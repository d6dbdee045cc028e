"""What the configuration says of an endpoint: its address and its key. Neither is quoted when it is wrong."""

from pathlib import Path

import pytest

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.remote.address import Address, is_remote
from bridge.remote.key import read_key
from bridge.remote.opening import open_endpoint
from tests.capabilities.dialogue.remote.endpoint import KEY

WRONG = {
    "no scheme": f"127.0.0.1:8000/{KEY}",
    "another scheme": f"ftp://host/{KEY}",
    "no host": f"http:///{KEY}",
    "a password": f"http://me:{KEY}@host/v1",
    "a user": f"http://{KEY}@host/v1",
    "a query": f"http://host/v1?key={KEY}",
    "an empty query": f"http://host/{KEY}?",
    "a fragment": f"http://host/v1#{KEY}",
    "a space": f"http://host/v1 {KEY}",
    "a line break": f"http://host/v1\r\nX: {KEY}",
    "other letters": f"http://höst/{KEY}",
    "a port that is none": f"http://host:99999/{KEY}",
    "half a bracket": f"http://[::1/{KEY}",
    "nothing": "",
}


@pytest.mark.parametrize("name", WRONG)
def test_an_address_that_cannot_be_used_is_refused_without_quoting_it(name: str) -> None:
    with pytest.raises(ConfigError, match=r"^openai:\.\.\.: the address after openai: ") as caught:
        Address.parse(f"openai:{WRONG[name]}")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "url", "exposes"),
    [
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1", False),
        ("http://localhost/v1", "http://localhost/v1", False),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1", False),
        ("http://vllm:8000/v1", "http://vllm:8000/v1", True),
        ("https://example.com/openai/v1", "https://example.com/openai/v1", False),
    ],
)
def test_an_address_says_whether_others_can_read_what_is_sent(text: str, url: str, exposes: bool) -> None:
    address = Address.parse(f"openai:{text}")
    assert (address.url, address.exposes) == (url, exposes)


def test_only_a_name_with_the_prefix_is_an_endpoint() -> None:
    assert is_remote("openai:http://127.0.0.1/v1")
    assert not is_remote("./openai:model.gguf")
    assert not is_remote(None)


def test_a_key_is_read_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALOGUE_KEY", f"{KEY}\n")
    file = tmp_path / "key"
    file.write_text(f"\n {KEY}\r\n")
    for key in (read_key("DIALOGUE_KEY", None), read_key(None, file)):
        assert key is not None
        assert key.header == {"Authorization": f"Bearer {KEY}"}
        assert KEY not in f"{key} {key!r}"
        assert key.hidden_in(f"no key {KEY}!") == "no key (key)!"
    assert read_key(None, None) is None
    assert read_key("", None) is None


def test_a_key_that_cannot_be_used_is_refused_without_quoting_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIALOGUE_KEY", f"{KEY} {KEY}")
    monkeypatch.setenv("EMPTY_KEY", " ")
    monkeypatch.delenv("NO_KEY", raising=False)
    file = tmp_path / "key"
    for content in (b"", f"key: {KEY}".encode(), KEY.encode() + b"\xff", KEY.encode() * 1000):
        file.write_bytes(content)
        with pytest.raises(ConfigError, match="--dialogue-api-key-file") as caught:
            read_key(None, file)
        assert KEY not in str(caught.value)
    for variable in ("DIALOGUE_KEY", "EMPTY_KEY", "NO_KEY"):
        with pytest.raises(ConfigError, match=f"--dialogue-api-key-env {variable}") as caught:
            read_key(variable, None)
        assert KEY not in str(caught.value)
    for missing in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            read_key(None, missing)
    with pytest.raises(ConfigError, match="use one of them"):
        read_key("DIALOGUE_KEY", file)


def test_a_key_leaves_the_machine_encrypted_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALOGUE_KEY", KEY)
    config = Config(dialogue_model="openai:http://vllm.invalid:8000/v1", dialogue_api_key_env="DIALOGUE_KEY")
    with pytest.raises(ConfigError, match=r"the key for vllm\.invalid would leave this machine unencrypted"):
        open_endpoint(config)
