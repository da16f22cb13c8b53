# imports: traitlets, traitlets.config
# exercises: typed attributes with defaults, validation, observers, a configuration from
#   command-line arguments
# versions: >=5.0
import traitlets
from traitlets.config import Application, Config, Configurable


class Box(traitlets.HasTraits):
    width = traitlets.Int(2)
    name = traitlets.Unicode()
    kind = traitlets.Enum(["a", "b"], default_value="a")
    parts = traitlets.List(traitlets.Float())

    @traitlets.default("name")
    def _name(self):
        return "box{}".format(self.width)

    @traitlets.validate("width")
    def _width(self, proposal):
        return min(proposal["value"], 10)


box = Box()
assert (box.width, box.name, box.kind, box.parts) == (2, "box2", "a", [])
changes = []
box.observe(lambda change: changes.append((change["old"], change["new"])), names="width")
box.width = 4
box.width = 99
assert changes == [(2, 4), (4, 10)], changes
for name, wrong in (("width", "1"), ("kind", "c"), ("parts", [1.0, "x"])):
    try:
        setattr(box, name, wrong)
    except traitlets.TraitError:
        pass
    else:
        raise AssertionError("{} took {!r}".format(name, wrong))


class Engine(Configurable):
    power = traitlets.Int(1).tag(config=True)
    tags = traitlets.Dict().tag(config=True)


class App(Application):
    pass


App.classes, App.aliases = [Engine], {"power": "Engine.power"}
app = App()
app.initialize(["--power=70", "--Engine.tags", "a=1"])
engine = Engine(parent=app)
assert engine.power == 70 and engine.tags == {"a": "1"}, (engine.power, engine.tags)
assert Engine(config=Config({"Engine": {"power": 8}})).power == 8
