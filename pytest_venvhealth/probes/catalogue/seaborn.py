# imports: seaborn
# exercises: what is drawn, read back from the axes: bars, counts, histogram, density, lines, a
#   regression, a box, a heat map, grids, the objects interface; palettes and themes
# versions: >=0.12
import io

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import seaborn.objects as so

frame = pd.DataFrame(
    {
        "kind": list("aabb"),
        "x": [0.0, 1.0, 0.0, 1.0],
        "y": [1.0, 3.0, 5.0, 9.0],
        "set": list("pqpq"),
    }
)
sns.set_theme(style="whitegrid", palette="deep")
assert matplotlib.rcParams["axes.grid"] is True
with sns.axes_style("dark"):
    assert matplotlib.rcParams["axes.grid"] is False


def axes():
    return plt.subplots()[1]


bars = sns.barplot(data=frame, x="kind", y="y", errorbar=None, ax=axes())
assert [bar.get_height() for bar in bars.patches[:2]] == [2.0, 7.0]
assert [label.get_text() for label in bars.get_xticklabels()] == ["a", "b"]
assert (bars.get_xlabel(), bars.get_ylabel()) == ("kind", "y")
counts = sns.countplot(x=["u", "v", "u"], ax=axes())
assert [bar.get_height() for bar in counts.patches[:2]] == [2, 1]
histogram = sns.histplot([0, 1, 1, 2, 3, 3, 3], bins=[0, 1, 2, 3, 4], ax=axes())
assert [bar.get_height() for bar in histogram.patches] == [1, 2, 1, 3]
line = sns.lineplot(data=frame, x="x", y="y", errorbar=None, ax=axes()).lines[0]
assert line.get_xydata().tolist() == [[0, 3], [1, 6]]  # the mean at each x
points = sns.scatterplot(data=frame, x="x", y="y", hue="kind", ax=axes())
assert points.collections[0].get_offsets().tolist() == frame[["x", "y"]].values.tolist()
assert [text.get_text() for text in points.get_legend().get_texts()] == ["a", "b"]
fitted = sns.regplot(x=np.arange(5.0), y=2 * np.arange(5.0) + 1, ci=None, ax=axes()).lines[0]
assert np.allclose(fitted.get_ydata(), 2 * fitted.get_xdata() + 1)
curve = sns.kdeplot(np.array([-1.0, 0.0, 1.0]), ax=axes()).lines[0].get_xydata()
area = (np.diff(curve[:, 0]) * (curve[1:, 1] + curve[:-1, 1]) / 2).sum()
assert abs(area - 1) < 0.02 and abs(curve[curve[:, 1].argmax(), 0]) < 0.05, area
steps = sns.ecdfplot([1, 2, 3, 4], ax=axes()).lines[0].get_ydata()
assert np.allclose(steps, [0, 0.25, 0.5, 0.75, 1])
box = sns.boxplot(x=[1.0, 2.0, 3.0, 4.0, 100.0], ax=axes())
assert any(set(line.get_xdata()) == {3.0} for line in box.lines)  # the median
heat = sns.heatmap(np.arange(4).reshape(2, 2), annot=True, cbar=False, ax=axes())
assert [text.get_text() for text in heat.texts] == ["0", "1", "2", "3"]
grid = sns.relplot(data=frame, x="x", y="y", col="kind", row="set")
assert grid.axes.shape == (2, 2) and "kind = b" in grid.axes[0, 1].get_title()

assert sns.color_palette(["#ff0000", "blue"]).as_hex() == ["#ff0000", "#0000ff"]
assert len(set(sns.husl_palette(8))) == 8 and len(sns.color_palette("rocket", 5)) == 5
assert sns.light_palette("red", 3).as_hex()[-1] == "#ff0000"
assert sns.desaturate("red", 0) == (0.5, 0.5, 0.5)

figure = plt.figure()
plot = so.Plot(frame, x="kind", y="y").add(so.Bar(), so.Agg("max")).label(y="top").on(figure).plot()
assert [bar.get_height() for bar in figure.axes[0].patches] == [3.0, 9.0]
assert figure.axes[0].get_ylabel() == "top"
file = io.BytesIO()
grid.savefig(file, format="png", dpi=40)
assert file.getvalue().startswith(b"\x89PNG") and len(file.getvalue()) > 1000
plt.close("all")
