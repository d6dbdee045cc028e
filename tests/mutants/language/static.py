"""Ways to break steps in fixed shapes."""

import models.language.lora
import models.language.static.batch
import models.language.static.inputs
import models.language.static.step
from tests.models.language import test_lora as lora
from tests.models.language.static import test_graphs as graphs
from tests.models.language.static import test_step as steps
from tests.mutants.mutant import Mutant

_B, _I, _S = (
    models.language.static.batch,
    models.language.static.inputs,
    models.language.static.step,
)

MUTANTS = (
    Mutant(
        "padding_writes_what_is_its_own",
        _B,
        "keys_values[self._inputs.sources].to(",
        "keys_values.to(",
        steps.test_the_others_are_the_same_after_a_row_has_ended,
    ),
    Mutant(
        "a_row_reads_what_lies_behind_it",
        _B,
        "torch.minimum(keys, own)",
        "torch.minimum(keys, own + 1)",
        steps.test_what_lies_behind_a_row_is_not_read,
        {"other": float("nan")},
    ),
    Mutant(
        "a_row_does_not_read_its_own_token",
        _B,
        "(keys > own)",
        "(keys >= own)",
        steps.test_a_step_agrees_with_the_ragged_path,
    ),
    Mutant(
        "an_adapter_is_everybodys",
        _B,
        "torch.where(one.rows,",
        "torch.where(one.rows.any(),",
        steps.test_rows_with_adapters_agree_with_the_ragged_path,
    ),
    Mutant(
        "a_row_that_has_ended_writes_on",
        _I,
        "living if row.lease.ended else i",
        "i",
        steps.test_a_row_that_has_ended_writes_nothing_more,
        {"ended": 1},
    ),
    Mutant(
        "who_has_ended_is_asked_once",
        _S,
        "if ended != self.ended:",
        "if not self.ended:",
        steps.test_a_row_that_has_ended_writes_nothing_more,
        {"ended": 1},
    ),
    Mutant(
        "runs_share_their_hidden_states",
        _S,
        "self._hidden[: run.size].copy_(run.hidden)",
        "pass",
        steps.test_a_run_may_begin_while_another_is_suspended,
    ),
    Mutant(
        "runs_share_their_logits",
        _S,
        "run.hidden[places], self._logits[places]",
        "run.hidden[places], self._logits[: run.size]",
        steps.test_a_run_may_begin_while_another_is_suspended,
    ),
    Mutant(
        "adapters_are_recorded",
        _S,
        "return not self.adapted and ",
        "return ",
        graphs.test_what_is_rare_is_not_recorded,
    ),
    Mutant(
        "a_row_beside_an_adapter_is_rounded_otherwise",
        models.language.lora,
        "return product.to(kind)",
        "return product",
        lora.test_a_row_without_an_adapter_is_the_same_to_the_bit_beside_one_with,
    ),
)
