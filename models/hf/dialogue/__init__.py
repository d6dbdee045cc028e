"""Language models of transformers' own architectures, for dialogue: run in slices, one conversation at a time."""
