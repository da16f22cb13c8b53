# imports: seaborn
# exercises: what is drawn, read back from the axes: bars, histogram, points with a legend, a
#   regression, a grid of plots, the objects interface; a palette and a theme
# versions: >=0.12
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
sns.set_theme(style="whitegrid")
assert matplotlib.rcParams["axes.grid"] is True
assert sns.desaturate("red", 0) == (0.5, 0.5, 0.5)


def axes():
    return plt.subplots()[1]


bars = sns.barplot(data=frame, x="kind", y="y", errorbar=None, ax=axes())
assert [bar.get_height() for bar in bars.patches[:2]] == [2.0, 7.0]  # the mean of each kind
assert [label.get_text() for label in bars.get_xticklabels()] == ["a", "b"]
histogram = sns.histplot([0, 1, 1, 2, 3, 3, 3], bins=[0, 1, 2, 3, 4], ax=axes())
assert [bar.get_height() for bar in histogram.patches] == [1, 2, 1, 3]
points = sns.scatterplot(data=frame, x="x", y="y", hue="kind", ax=axes())
assert points.collections[0].get_offsets().tolist() == frame[["x", "y"]].values.tolist()
assert [text.get_text() for text in points.get_legend().get_texts()] == ["a", "b"]
fitted = sns.regplot(x=np.arange(5.0), y=2 * np.arange(5.0) + 1, ci=None, ax=axes()).lines[0]
assert np.allclose(fitted.get_ydata(), 2 * fitted.get_xdata() + 1)
steps = sns.ecdfplot([1, 2, 3, 4], ax=axes()).lines[0].get_ydata()
assert np.allclose(steps, [0, 0.25, 0.5, 0.75, 1])
grid = sns.relplot(data=frame, x="x", y="y", col="kind", row="set")
assert grid.axes.shape == (2, 2) and "kind = b" in grid.axes[0, 1].get_title()

figure = plt.figure()
so.Plot(frame, x="kind", y="y").add(so.Bar(), so.Agg("max")).on(figure).plot()
assert [bar.get_height() for bar in figure.axes[0].patches] == [3.0, 9.0]
plt.close("all")
