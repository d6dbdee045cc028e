"""Ask a model of yours with Triton's own client: the server speaks KServe v2 beside its own protocol.

pip install 'tritonclient[grpc]' 'protobuf<7'
python examples/6_triton_client.py --target 127.0.0.1:50051 --model style
"""

import argparse
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException, triton_to_np_dtype


def noise(described: "triton.service_pb2.ModelMetadataResponse.TensorMetadata") -> triton.InferInput:
    """A batch of one for an input; where a size is the request's to choose (-1), it is 1."""
    shape = [max(1, size) for size in described.shape]
    values = np.random.default_rng(0).random(shape).astype(triton_to_np_dtype(described.datatype))
    tensor = triton.InferInput(described.name, shape, described.datatype)
    tensor.set_data_from_numpy(values)
    return tensor


def ask(client: triton.InferenceServerClient, name: str, budget: float) -> None:
    metadata = client.get_model_metadata(name)
    inputs = [noise(described) for described in metadata.inputs]
    answer = client.infer(name, inputs, timeout=round(budget * 1e6))  # microseconds: the budget of the answer
    for output in answer.get_response().outputs:
        values = answer.as_numpy(output.name)
        print(f"{output.name}: {output.datatype} {list(values.shape)}, mean {values.mean():.3f}")
    counts = client.get_inference_statistics(name).model_stats[0]
    print(f"{counts.inference_count} rows answered so far, {counts.inference_stats.fail.count} requests not")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default="127.0.0.1:50051", help="address of a running server")
    parser.add_argument("--model", default="style", help="the name of a model that the server was started with")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds that an answer may take")
    arguments = parser.parse_args()
    client = triton.InferenceServerClient(arguments.target)
    try:
        ask(client, arguments.model, arguments.budget)
    except InferenceServerException as error:
        down = error.status() == "StatusCode.UNAVAILABLE"
        mend = f"no server answers at {arguments.target}; start one with `framebridge serve`"
        sys.exit(f"6_triton_client: {mend if down else error.message()}")
    finally:
        client.close()


if __name__ == "__main__":
    main()
