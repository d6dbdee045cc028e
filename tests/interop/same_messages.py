"""Runs in the environment of Triton's client: compares our copy of the messages with its own, in one process.

Prints how many methods and fields were compared.
"""

from typing import Any

from tritonclient.grpc import model_config_pb2, service_pb2

from bridge.kserve.messages import SERVICE

FILES = (service_pb2, model_config_pb2)


def theirs(name: str) -> Any:
    found = [file.DESCRIPTOR.message_types_by_name.get(name) for file in FILES]
    return next(kind for kind in found if kind is not None)


def compare(ours: Any, other: Any, seen: dict[str, int]) -> None:
    """Compare a message and those in it; `seen` counts each one's fields."""
    if ours.full_name in seen:
        return
    assert ours.full_name == other.full_name
    seen[ours.full_name] = len(ours.fields)
    for field in ours.fields:
        same = other.fields_by_name[field.name]
        for what in ("number", "type", "is_repeated"):
            assert getattr(field, what) == getattr(same, what), f"{field.full_name}: {what}"
        oneofs = [kind.containing_oneof and kind.containing_oneof.name for kind in (field, same)]
        assert oneofs[0] == oneofs[1], field.full_name
        if field.message_type is not None:
            compare(field.message_type, same.message_type, seen)
        if field.enum_type is not None:
            values = {value.name: value.number for value in same.enum_type.values}
            assert {value.name: value.number for value in field.enum_type.values}.items() <= values.items()


def main() -> None:
    service = service_pb2.DESCRIPTOR.services_by_name[SERVICE.name]
    assert service.full_name == SERVICE.full_name
    seen: dict[str, int] = {}
    for method in SERVICE.methods:
        same = service.methods_by_name[method.name]
        streams = [(kind.client_streaming, kind.server_streaming) for kind in (method, same)]
        assert streams[0] == streams[1], method.name
        compare(method.input_type, same.input_type, seen)
        compare(method.output_type, same.output_type, seen)
    for name in {full.split(".")[1] for full in seen}:
        assert theirs(name) is not None
    print(len(SERVICE.methods), sum(seen.values()))


if __name__ == "__main__":
    main()
