# imports: prompt_toolkit, prompt_toolkit.input, prompt_toolkit.output,
#   prompt_toolkit.formatted_text, prompt_toolkit.completion, prompt_toolkit.validation
# exercises: whole prompts fed with keys from a pipe: editing, history, validation, keys of its own;
#   completion; formatted text
# versions: >=3.0.29
from prompt_toolkit import HTML, PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import fragment_list_to_text, to_formatted_text
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.validation import Validator

completer = WordCompleter(["apple", "apricot", "banana"])
found = completer.get_completions(Document("ap"), CompleteEvent())
assert [each.text for each in found] == ["apple", "apricot"]
fragments = to_formatted_text(HTML("<b>bold</b> <ansired>red</ansired> &lt;"))
assert fragment_list_to_text(fragments) == "bold red <" and "class:b" in fragments[0][0]

keys = KeyBindings()


@keys.add("c-t")
def leave(event):
    event.app.exit(result="own key")


number = Validator.from_callable(str.isdigit, move_cursor_to_end=True)
history = InMemoryHistory()
UP, LEFT, ERASE, ENTER = "\x1b[A", "\x1b[D", "\x7f", "\r"
CTRL_A, CTRL_K, CTRL_T, CTRL_W = "\x01", "\x0b", "\x14", "\x17"
with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
    session = PromptSession(history=history, key_bindings=keys)
    for typed, given, validator in (
        ("abX" + ERASE + "d" + LEFT + "c" + ENTER, "abcd", None),
        ("two words" + CTRL_W + "parts" + ENTER, "two parts", None),
        ("lost" + CTRL_A + CTRL_K + "kept" + ENTER, "kept", None),
        (UP + UP + "!" + ENTER, "two parts!", None),
        ("x" + CTRL_T, "own key", None),
        ("abc" + ENTER + ERASE * 3 + "12" + ENTER, "12", number),
    ):
        pipe.send_text(typed)
        session.validator = validator
        assert session.prompt("> ") == given, given
assert history.get_strings() == ["abcd", "two parts", "kept", "two parts!", "12"]
