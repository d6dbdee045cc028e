"""The Unity package's numbers that have to be the server's own, read in its sources: it cannot ask for them.

What is left to the server goes up unset, which the C# suites test; these are the few that cannot.
"""

import re

import pytest

from bridge.capabilities import CAPABILITIES
from bridge.device.catalog import budgets
from models.dialogue.sampling import Sampling
from tests.unity.conftest import PACKAGE

BUDGETS, SAMPLING = budgets(CAPABILITIES, {}), Sampling()
NUMBERS = [
    ("Core/Dialogue/Sampling.cs", r"ServerTemperature = ([\d.]+)f;", SAMPLING.temperature),
    ("Core/Dialogue/Sampling.cs", r"ServerTopP = ([\d.]+)f;", SAMPLING.top_p),
    ("Core/Dialogue/Sampling.cs", r"ServerRepetitionPenalty = ([\d.]+)f;", SAMPLING.repetition_penalty),
    # What comes late is dropped by the client's clock, which has to know when that is.
    ("Core/Avatars/AvatarSlot.cs", r"double budgetSeconds = ([\d.]+),", BUDGETS["avatar"]),
    ("Components/Avatars/AvatarTexture.cs", r"float budgetSeconds = ([\d.]+)f;", BUDGETS["avatar"]),
    ("Components/Recognition/CameraRecognizer.cs", r"float detectSeconds = ([\d.]+)f;", BUDGETS["detect"]),
    ("Components/Recognition/CameraRecognizer.cs", r"float classifySeconds = ([\d.]+)f;", BUDGETS["classify"]),
    # Words wait so long for a connection where the server's own budget is not known.
    ("Components/Dialogue/NpcDialogue.Turns.cs", r"PatienceSeconds = ([\d.]+);", BUDGETS["dialogue"]),
]
LEFT_TO_THE_SERVER = [
    ("Components/Dialogue/NpcPersona.cs", "temperature = LeftToServer"),
    ("Components/Dialogue/NpcPersona.cs", "topP"),
    ("Components/Dialogue/NpcPersona.cs", "repetitionPenalty"),
    ("Components/Dialogue/NpcPersona.cs", "maxTokens"),
    ("Components/Dialogue/NpcPersona.cs", "seed"),
    ("Components/Dialogue/NpcPersona.cs", "firstTokenSeconds"),
    ("Components/Dialogue/NpcPersona.cs", "paceSeconds"),
    ("Components/Recognition/CameraRecognizer.cs", "scoreThreshold"),
    ("Components/Recognition/CameraRecognizer.cs", "maxResults"),
]


@pytest.mark.parametrize(("path", "pattern", "number"), NUMBERS, ids=lambda value: str(value))
def test_a_number_is_the_server_s(path: str, pattern: str, number: float) -> None:
    found = re.findall(pattern, (PACKAGE / "Runtime" / path).read_text())
    assert found
    assert {float(text) for text in found} == {number}


@pytest.mark.parametrize(("path", "field"), LEFT_TO_THE_SERVER)
def test_a_new_component_leaves_it_to_the_server(path: str, field: str) -> None:
    text = (PACKAGE / "Runtime" / path).read_text()
    assert re.search(rf"private (?:float|int|long) {field};", text)
