# imports: iniconfig
# exercises: sections, values over several lines, comments, conversion, order, line numbers, errors
# versions: >=1.1.1
import iniconfig

text = """# a comment
[server]
host = localhost
port: 8080
names =
    one
    two

[empty]
[Server]
host = other = thing
"""
config = iniconfig.IniConfig("probe.ini", text)
assert [section.name for section in config] == ["server", "empty", "Server"]
assert config["server"]["host"] == "localhost"
assert config["server"]["names"].split() == ["one", "two"]
assert config["Server"]["host"] == "other = thing"
assert list(config["server"]) == ["host", "port", "names"]
assert dict(config["server"].items())["port"] == "8080"
assert config.get("server", "port", convert=int) == 8080
assert config.get("server", "none", default="d") == "d"
assert config.get("nowhere", "none") is None
assert "server" in config and "nowhere" not in config
assert config.lineof("server") == 2 and config.lineof("server", "port") == 4
assert config["Server"].lineof("host") == 11

for wrong, line in (
    ("[a]\nx = 1\nx = 2\n", 3),
    ("[a]\n[a]\n", 2),
    ("x = 1\n", 1),
    ("[a]\nnothing here\n", 2),
):
    try:
        iniconfig.IniConfig("wrong.ini", wrong)
    except iniconfig.ParseError as error:
        assert error.path == "wrong.ini" and error.lineno + 1 == line, (wrong, error.lineno)
    else:
        raise AssertionError("accepted: " + repr(wrong))
