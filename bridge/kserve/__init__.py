"""The KServe v2 protocol, as Triton's clients speak it: a second way to ask for models that take tensors."""
