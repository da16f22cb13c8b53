# imports: pluggy
# exercises: a hook specification with several plugins: order, first result, wrappers, historic
#   calls, blocked and removed plugins, a wrong argument
# versions: >=0.13
import pluggy

spec = pluggy.HookspecMarker("probe")
impl = pluggy.HookimplMarker("probe")
heard = []


class Spec:
    @spec
    def collect(self, number):
        """Return something for each plugin."""

    @spec(firstresult=True)
    def pick(self, number):
        """Return the first answer that is not None."""

    @spec(historic=True)
    def configured(self, name):
        """Is told to plugins that come later, too."""


class First:
    @impl
    def collect(self, number):
        return number + 1

    @impl(trylast=True)
    def pick(self, number):
        return "last"


class Second:
    @impl
    def collect(self, number):
        return number * 10

    @impl
    def pick(self):
        return None

    @impl
    def configured(self, name):
        heard.append(name)


class Around:
    @impl(hookwrapper=True)
    def collect(self, number):
        outcome = yield
        outcome.force_result([value + 1000 for value in outcome.get_result()])


manager = pluggy.PluginManager("probe")
manager.add_hookspecs(Spec)
assert manager.hook.collect(number=1) == []
first, second = First(), Second()
manager.register(first, "first")
manager.hook.configured.call_historic(kwargs={"name": "early"})
manager.register(second, "second")
assert heard == ["early"]
# The plugin registered last is called first.
assert manager.hook.collect(number=4) == [40, 5]
assert manager.hook.pick(number=1) == "last"

around = Around()
manager.register(around)
assert manager.hook.collect(number=4) == [1040, 1005]
manager.unregister(around)
assert manager.hook.collect(number=4) == [40, 5]
assert manager.subset_hook_caller("collect", [first])(number=4) == [40]
manager.unregister(name="second")
assert manager.hook.collect(number=4) == [5] and not manager.has_plugin("second")
assert manager.get_name(first) == "first" and manager.get_plugin("first") is first
manager.check_pending()


class Wrong:
    @impl
    def collect(self, unknown):
        """No hook has such an argument."""


try:
    manager.register(Wrong())
except pluggy.PluginValidationError:
    pass
else:
    raise AssertionError("a plugin with an unknown argument was accepted")
