# imports: traitlets, traitlets.config
# exercises: typed attributes with defaults, validation, observers and links, containers, a
#   configuration with command-line arguments and a file
# versions: >=5.0
import json
from pathlib import Path

import traitlets
from traitlets.config import Application, Config, Configurable
from traitlets.config.loader import JSONFileConfigLoader


class Box(traitlets.HasTraits):
    width = traitlets.Int(2)
    name = traitlets.Unicode(allow_none=True)
    kind = traitlets.Enum(["a", "b"], default_value="a")
    parts = traitlets.List(traitlets.Float(), maxlen=2)
    area = traitlets.Float()

    @traitlets.default("name")
    def _name(self):
        return "box{}".format(self.width)

    @traitlets.validate("width")
    def _width(self, proposal):
        return min(proposal["value"], 10)

    @traitlets.observe("width")
    def _changed(self, change):
        self.area = change["new"] * 1.5


box = Box()
assert (box.width, box.name, box.kind, box.parts, box.area) == (2, "box2", "a", [], 0.0)
changes = []
box.observe(lambda change: changes.append((change["old"], change["new"])), names="width")
box.width = 4
box.width = 99
assert box.width == 10 and box.area == 15.0 and changes == [(2, 4), (4, 10)], changes
for name, wrong in (("width", "1"), ("kind", "c"), ("parts", [1.0, "x"]), ("parts", [1.0] * 3)):
    try:
        setattr(box, name, wrong)
    except traitlets.TraitError:
        pass
    else:
        raise AssertionError("{} took {!r}".format(name, wrong))
assert box.width == 10 and box.parts == []

other = Box(width=1)
link = traitlets.link((box, "width"), (other, "width"))
assert other.width == 10
other.width = 5
assert box.width == 5
link.unlink()
other.width = 6
assert box.width == 5
with box.hold_trait_notifications():
    box.width = 7
    assert changes[-1] == (10, 5), changes
assert changes[-1] == (5, 7), changes
assert sorted(Box.class_trait_names()) == ["area", "kind", "name", "parts", "width"]


class Engine(Configurable):
    power = traitlets.Int(1).tag(config=True)
    tags = traitlets.Dict().tag(config=True)


class App(Application):
    pass


App.classes = [Engine]
App.aliases = {"power": "Engine.power"}
app = App()
app.initialize(["--power=70", "--Engine.tags", "a=1"])
engine = Engine(parent=app)
assert engine.power == 70 and engine.tags == {"a": "1"}, (engine.power, engine.tags)

config = Config({"Engine": {"power": 1}})
config.merge(Config({"Engine": {"power": 3}, "Other": {"x": 1}}))
assert config.Engine.power == 3 and config.Other.x == 1
Path("config.json").write_text(json.dumps({"Engine": {"power": 8}}))
loaded = JSONFileConfigLoader("config.json", path=".").load_config()
assert Engine(config=loaded).power == 8
