# imports: six, six.moves
# exercises: moved modules and names, text and bytes, metaclasses, exceptions raised again,
#   iteration over dictionaries
# versions: >=1.12.0
import sys

import six
from six.moves import configparser, reduce, urllib, zip_longest

assert six.PY3 and six.string_types == (str,) and six.integer_types == (int,)
assert six.ensure_text(b"K\xc3\xa4se") == "K\u00e4se"
assert six.ensure_binary("K\u00e4se") == b"K\xc3\xa4se" and six.ensure_str(b"a") == "a"
assert six.int2byte(65) == b"A" and six.byte2int(b"AB") == 65 and six.unichr(0x20AC) == "\u20ac"

assert sorted(six.iteritems({"a": 1, "b": 2})) == [("a", 1), ("b", 2)]
assert reduce(lambda left, right: left * right, six.moves.range(1, 6)) == 120
assert list(zip_longest("ab", "c", fillvalue="-")) == [("a", "c"), ("b", "-")]
assert urllib.parse.urlencode({"q": "a b"}) == "q=a+b"
parser = configparser.ConfigParser()
parser.read_string(six.u("[main]\nsize = 3\n"))
assert parser.getint("main", "size") == 3

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
try:
    try:
        {}["missing"]
    except KeyError:
        six.reraise(*sys.exc_info())
except KeyError as error:
    assert error.args == ("missing",)
