# imports: packaging, packaging.version, packaging.specifiers, packaging.markers,
#   packaging.requirements, packaging.tags, packaging.utils
# exercises: versions and their order (PEP 440), specifiers, requirements and markers (PEP 508),
#   names, file names and tags of wheels (PEP 425, 427, 503)
# versions: >=21.0
import sys

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag, sys_tags
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

# The order that PEP 440 gives.
order = """
1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456
1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456
1.0.15 1.1.dev1 1!0.1
"""
ordered = [Version(text) for text in order.split()]
assert sorted(ordered[1::2] + ordered[::2]) == ordered
version = Version("v1.2.3-rc.4.post5")
assert str(version) == "1.2.3rc4.post5" and version.release == (1, 2, 3)
assert Version("1.0") == Version("1.0.0") and hash(Version("1.0")) == hash(Version("1"))

specifiers = SpecifierSet(">=1.2,!=1.5.*,<2")
wanted = {"1.1": 0, "1.2": 1, "1.4.9": 1, "1.5.2": 0, "1.6": 1, "2.0": 0}
assert {each: int(specifiers.contains(each)) for each in wanted} == wanted
assert list(SpecifierSet("~=2.2").filter(["2.1", "2.2", "2.9", "3.0"])) == ["2.2", "2.9"]

text = "Some.Name[b,a] >=1.0,<2 ; python_version < '3' or extra == 'x'"
requirement = Requirement(text)
assert (requirement.name, requirement.extras) == ("Some.Name", {"a", "b"})
assert requirement.specifier == SpecifierSet("<2,>=1.0")
assert requirement.marker.evaluate({"extra": "x"})
assert not requirement.marker.evaluate({"extra": "y", "python_version": "3.9"})
here = "sys_platform == '{}' and python_version == '{}.{}'"
assert Marker(here.format(sys.platform, *sys.version_info[:2])).evaluate()
for kind, error, wrong in (
    (Version, InvalidVersion, "1.x"),
    (Requirement, InvalidRequirement, "name[a"),
):
    try:
        kind(wrong)
    except error:
        pass
    else:
        raise AssertionError(wrong + " was accepted")

assert canonicalize_name("A_b.-C") == "a-b-c"
name, version, build, tags = parse_wheel_filename("foo_bar-1.0-2-py2.py3-none-any.whl")
assert (name, str(version), build) == ("foo-bar", "1.0", (2, ""))
assert tags == parse_tag("py2.py3-none-any") and len(tags) == 2
assert parse_sdist_filename("foo-2.0.tar.gz") == ("foo", Version("2.0"))
supported = list(sys_tags())
assert parse_tag("py3-none-any") <= set(supported) and len(supported) == len(set(supported))
