"""Lines of Python that declare models, for files that tests write."""

HEAD = "from bridge import ModuleModel, ProgramModel, Tensor"
INPUTS = 'inputs={"image": Tensor("float32", (3, 4, 4))}'
STYLE = f'STYLE = ModuleModel("style", load=lambda: None, {INPUTS}, max_batch=4, budget=0.05)'
DEPTH = f'DEPTH = ProgramModel("depth", load=lambda device: None, {INPUTS})'
NETS = (
    "from torch import nn",
    "class Style(nn.Module):",
    "    def __init__(self):",
    "        super().__init__()",
    "        self.mix = nn.Conv2d(3, 3, 1)",
    "    def forward(self, image):",
    "        return self.mix(image)",
)
