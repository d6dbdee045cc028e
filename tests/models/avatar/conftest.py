"""One torch thread, as the host runs models: with more, small networks mostly wait for each other's threads."""

import torch

torch.set_num_threads(1)
