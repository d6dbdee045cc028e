"""Ways to break tokenizers and chat formats."""

import models.dialogue.chat
import models.dialogue.chat_format
import models.dialogue.rendering
import models.language.tokenizers.byte_pairs
import models.language.tokenizers.folder
import models.language.tokenizers.listed
import models.language.tokenizers.sentence_pieces
from tests.models.dialogue import test_chat as chat
from tests.models.dialogue import test_chat_formats as formats
from tests.models.language.tokenizers import test_folder as folder
from tests.models.language.tokenizers import test_sentence_pieces as pieces
from tests.models.language.tokenizers import test_token_ids as ids
from tests.mutants.mutant import Mutant

_C, _F, _R = models.dialogue.chat, models.dialogue.chat_format, models.dialogue.rendering
_B, _L = models.language.tokenizers.byte_pairs, models.language.tokenizers.listed
_D, _S = models.language.tokenizers.folder, models.language.tokenizers.sentence_pieces

MUTANTS = (
    Mutant(
        "a_pair_that_has_changed_merges",
        _S,
        "if pair is None or pair[0] != entry >> PLACE:",
        "if pair is None:",
        pieces.test_as_merging_written_out,
    ),
    Mutant("low_scores_merge_first", _S, "reverse=True", "reverse=False", pieces.test_as_merging_written_out),
    Mutant(
        "words_end_at_spaces",
        _S,
        "if a + b not in joined]",
        "if b == SPACE]",
        pieces.test_as_merging_written_out,
    ),
    Mutant(
        "pieces_become_control_tokens",
        _S,
        "SentencePieces(tokens.of_kind(Kind.NORMAL), ",
        "SentencePieces(tokens.of_kind(Kind.NORMAL, Kind.CONTROL), ",
        ids.test_pieces_that_spell_a_control_token_do_not_become_it,
    ),
    Mutant(
        "words_of_the_vocabulary_are_merged",
        _B,
        "ignore_merges=splitting.whole_words",
        "ignore_merges=False",
        ids.test_ids_are_llama_cpps,
        {"kind": "llama-bpe"},
    ),
    Mutant(
        "a_bos_token_whatever_the_file_says",
        _L,
        "if adds is True else None",
        "if begins else None",
        ids.test_whether_prompts_begin_with_a_bos_token,
    ),
    Mutant(
        "ends_of_turns_by_their_type_alone",
        _L,
        "Kind.CONTROL if name in TURN_ENDS else kind for",
        "kind for",
        ids.test_a_token_that_ends_turns_is_control_whatever_its_type,
    ),
    Mutant(
        "added_tokens_are_found_in_texts",
        _D,
        '"added_tokens": []',
        '"added_tokens": stored["added_tokens"]',
        folder.test_no_text_becomes_a_special_token,
    ),
    Mutant(
        "a_space_before_every_text",
        _D,
        "{True: first, False: later}",
        "{True: first, False: first}",
        folder.test_a_space_in_front_of_the_first_text_alone,
    ),
    Mutant(
        "markers_can_be_typed",
        _C,
        r'return self._marker.sub(r"\1 ", text) if self._marker else text',
        "return text",
        formats.test_a_player_can_end_no_turn,
        {"family": "LLAMA2", "text": formats.HOSTILE[0]},
    ),
    Mutant(
        "the_bos_token_twice",
        _C,
        "if bos is None or keys[:1] == [bos] else",
        "if bos is None else",
        formats.test_the_bos_token_is_written_once,
    ),
    Mutant(
        "shorter_names_first",
        _C,
        "key=len, reverse=True",
        "key=len, reverse=False",
        formats.test_a_longer_name_is_found_before_a_shorter_one,
    ),
    Mutant(
        "the_vendors_dates_stay",
        _F,
        "if not head or found is None:",
        "if head or found is None:",
        formats.test_templates_of_a_folder,
    ),
    Mutant(
        "formats_may_vary",
        _F,
        "if found.setdefault(key, text) != text:",
        "if found.setdefault(key, text) is None:",
        chat.test_a_template_that_says_more_or_less_than_it_is_given_is_refused,
        {"template": chat.LOOP + "{{ messages | length }}", "said": "in different ways"},
    ),
    Mutant(
        "templates_see_the_environment",
        _R,
        "environment = kept | {",
        "environment = dict(os.environ) | {",
        formats.test_a_template_sees_no_variable_of_the_environment,
    ),
)
