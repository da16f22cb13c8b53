# imports: prompt_toolkit, prompt_toolkit.input, prompt_toolkit.output,
#   prompt_toolkit.formatted_text, prompt_toolkit.completion, prompt_toolkit.validation
# exercises: whole prompts fed with keys from a pipe (editing, history, validation, own keys, vi
#   mode); documents and buffers; completion; formatted text and its terminal codes
# versions: >=3.0.29
import io

from prompt_toolkit import HTML, PromptSession, print_formatted_text
from prompt_toolkit.application import create_app_session
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, WordCompleter
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI, fragment_list_to_text, to_formatted_text
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.output import ColorDepth, DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.validation import ValidationError, Validator

document = Document("first line\nsecond one", cursor_position=17)
assert document.current_line == "second one" and document.cursor_position_row == 1
assert document.get_word_before_cursor() == "second" and document.char_before_cursor == "d"
assert document.translate_row_col_to_index(0, 6) == 6 and document.find("one") == 1
buffer = Buffer()
buffer.insert_text("hello world")
buffer.cursor_left(5)
buffer.save_to_undo_stack()
buffer.delete_before_cursor(1)
assert buffer.text == "helloworld" and buffer.cursor_position == 5
buffer.undo()
assert buffer.text == "hello world"

completer = WordCompleter(["apple", "apricot", "banana"])
found = completer.get_completions(Document("ap"), CompleteEvent())
assert [each.text for each in found] == ["apple", "apricot"]


class Number(Validator):
    def validate(self, document):
        if not document.text.isdigit():
            raise ValidationError(message="no number", cursor_position=len(document.text))


keys = KeyBindings()


@keys.add("c-t")
def _(event):
    event.app.exit(result="own key")


UP, LEFT, ERASE, ENTER = "\x1b[A", "\x1b[D", "\x7f", "\r"
CTRL_A, CTRL_K, CTRL_T, CTRL_W = "\x01", "\x0b", "\x14", "\x17"
with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
    history = InMemoryHistory()
    session = PromptSession(history=history, key_bindings=keys)

    def typed(text, **options):
        pipe.send_text(text)
        return session.prompt("> ", **options)

    assert typed("abX" + ERASE + "d" + LEFT + "c" + ENTER) == "abcd"
    assert typed("two words" + CTRL_W + "parts" + ENTER) == "two parts"
    assert typed("lost" + CTRL_A + CTRL_K + "kept" + ENTER) == "kept"
    assert typed(UP + UP + "!" + ENTER) == "two parts!"
    assert history.get_strings() == ["abcd", "two parts", "kept", "two parts!"]
    assert typed("x" + CTRL_T) == "own key"
    assert typed("abc" + ENTER + ERASE * 3 + "12" + ENTER, validator=Number()) == "12"
    session = PromptSession()
    assert typed(ENTER, default="given") == "given"
    session = PromptSession(vi_mode=True)
    assert typed("one two\x1b" + "bdw" + "A!" + ENTER) == "one !"

fragments = to_formatted_text(HTML("<b>bold</b> <ansired>red</ansired> &lt;"))
assert fragment_list_to_text(fragments) == "bold red <" and "class:b" in fragments[0][0]
assert fragment_list_to_text(to_formatted_text(ANSI("\x1b[1mx\x1b[0my"))) == "xy"
stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
output = Vt100_Output(stream, lambda: Size(rows=24, columns=80), term="xterm")
print_formatted_text(
    HTML("<ansired>red</ansired>"), output=output, color_depth=ColorDepth.DEPTH_4_BIT
)
stream.flush()
written = stream.buffer.getvalue()
assert b"31m" in written and b"red" in written, written
