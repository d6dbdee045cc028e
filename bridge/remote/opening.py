"""Opens the endpoint that a configuration names, and finds its model. Imports the HTTP client only then."""

from typing import TYPE_CHECKING

from bridge.config import Config
from bridge.errors import ConfigError, ModelFailed
from bridge.remote.address import Address
from bridge.remote.key import read_key

if TYPE_CHECKING:
    from bridge.remote.endpoint import Endpoint, Served


def open_endpoint(config: Config) -> "tuple[Endpoint, Served]":
    """The endpoint and its model. Asks it what it serves; BridgeError, with the mend, if it cannot be used."""
    address = Address.parse(config.dialogue_model or "")
    key = read_key(config.dialogue_api_key_env, config.dialogue_api_key_file)
    if key is not None and address.exposes and not config.insecure:
        raise ConfigError(
            f"the key for {address.host} would leave this machine unencrypted, for others to read; use https://, or "
            "add --insecure if the network between is yours"
        )
    try:
        from bridge.remote.endpoint import Endpoint
    except ModuleNotFoundError as error:
        raise ModelFailed(
            f'a remote model needs an extra that is not installed (no {error.name}); pip install "framebridge[remote]"'
        ) from None
    endpoint = Endpoint(address, key, config.dialogue_requests, config.dialogue_timeout)
    return endpoint, endpoint.find(config.dialogue_remote_model)
