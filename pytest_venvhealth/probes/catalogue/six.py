# imports: six, six.moves
# exercises: moved modules and names, text and bytes, metaclasses, exceptions raised again,
#   iteration over dictionaries
# versions: >=1.12
import sys

import six
from six.moves import StringIO, configparser, reduce, urllib, zip_longest

assert six.PY3 and six.string_types == (str,) and six.integer_types == (int,)
assert six.ensure_text(b"K\xc3\xa4se") == "K\u00e4se"
assert six.ensure_binary("K\u00e4se") == b"K\xc3\xa4se" and six.ensure_str(b"a") == "a"
assert six.int2byte(65) == b"A" and six.byte2int(b"AB") == 65 and six.unichr(0x20AC) == "\u20ac"
assert list(six.iterbytes(b"az")) == [97, 122] and six.indexbytes(b"az", 1) == 122

assert sorted(six.iteritems({"a": 1, "b": 2})) == [("a", 1), ("b", 2)]
assert list(six.itervalues({"a": 1})) == [1] and six.next(iter([5])) == 5
assert reduce(lambda left, right: left * right, six.moves.range(1, 6)) == 120
assert list(zip_longest("ab", "c", fillvalue="-")) == [("a", "c"), ("b", "-")]
assert urllib.parse.urlencode({"q": "a b"}) == "q=a+b"
assert urllib.parse.urlsplit("http://host:80/x?y").port == 80
parser = configparser.ConfigParser()
parser.read_string(six.u("[main]\nsize = 3\n"))
assert parser.getint("main", "size") == 3
file = StringIO()
six.print_("a", 1, sep="-", file=file)
assert file.getvalue() == "a-1\n"


names = []


class Registry(type):
    def __new__(cls, name, bases, body):
        names.append(name)
        return super(Registry, cls).__new__(cls, name, bases, body)


class First(six.with_metaclass(Registry, object)):
    pass


@six.add_metaclass(Registry)
class Second(object):
    pass


assert type(First) is type(Second) is Registry and names == ["First", "Second"]
assert First.__mro__ == (First, object)

try:
    try:
        {}["missing"]
    except KeyError:
        six.reraise(*sys.exc_info())
except KeyError as error:
    assert error.args == ("missing",)
try:
    six.raise_from(ValueError("outer"), KeyError("inner"))
except ValueError as error:
    assert isinstance(error.__cause__, KeyError)
