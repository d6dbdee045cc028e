"""Anybody's `torch.nn.Module`, served unchanged: its runs are suspended where its submodules end."""
