# imports: pluggy
# exercises: a hook specification with several plugins: order, first result, a wrapper, a
#   removed plugin
# versions: >=0.13.0
import pluggy

spec = pluggy.HookspecMarker("probe")
impl = pluggy.HookimplMarker("probe")


class Spec:
    @spec
    def collect(self, number):
        """Return something for each plugin."""

    @spec(firstresult=True)
    def pick(self, number):
        """Return the first answer that is not None."""


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


class Around:
    @impl(hookwrapper=True)
    def collect(self, number):
        outcome = yield
        outcome.force_result([value + 1000 for value in outcome.get_result()])


manager = pluggy.PluginManager("probe")
manager.add_hookspecs(Spec)
manager.register(First())
manager.register(Second(), "second")
# The plugin registered last is called first.
assert manager.hook.collect(number=4) == [40, 5]
assert manager.hook.pick(number=1) == "last"
manager.register(Around())
assert manager.hook.collect(number=4) == [1040, 1005]
manager.unregister(name="second")
assert manager.hook.collect(number=4) == [1005] and not manager.has_plugin("second")
manager.check_pending()
