# imports: plotly, plotly.graph_objects, plotly.io, plotly.subplots, plotly.colors
# exercises: figures and their JSON, templates, checks of values, sub-plots, updates, pages that
#   carry the JavaScript library, colours; express charts where numpy and pandas are there
# versions: >=5.0
import importlib.util
import json

import plotly.colors
import plotly.graph_objects as go
import plotly.io as pio
from plotly.offline import get_plotlyjs
from plotly.subplots import make_subplots

figure = go.Figure(
    data=[
        go.Bar(x=["a", "b"], y=[1, 3], name="bars"),
        go.Scatter(x=[0, 1], y=[2, 4], mode="lines"),
    ],
    layout=go.Layout(title_text="Probe", template="plotly_dark"),
)
figure.update_traces(marker_color="red", selector={"type": "bar"})
figure.update_layout(xaxis_title="letters", showlegend=False)
figure.add_hline(y=2.5, line_dash="dot")
told = json.loads(figure.to_json())
assert [trace["type"] for trace in told["data"]] == ["bar", "scatter"], told["data"]
assert told["data"][0]["marker"]["color"] == "red" and "marker" not in told["data"][1]
assert told["layout"]["title"]["text"] == "Probe" and told["layout"]["showlegend"] is False
assert told["layout"]["xaxis"]["title"]["text"] == "letters"
assert told["layout"]["shapes"][0]["y0"] == 2.5
assert pio.from_json(figure.to_json()) == figure and go.Figure(told) == figure
assert figure.data[0].y == (1, 3) and figure["layout"]["title"]["text"] == "Probe"

# Templates are files, read when they are first used.
dark, light = pio.templates["plotly_dark"], pio.templates["plotly"]
assert dark.layout.paper_bgcolor == "rgb(17,17,17)" and light.layout.paper_bgcolor == "white"
assert len(light.layout.colorway) == 10 and light.layout.colorway[0] == "#636efa"
assert figure.layout.template.layout.paper_bgcolor == "rgb(17,17,17)"
assert {"ggplot2", "seaborn", "simple_white", "none"} <= set(pio.templates)

for wrong in ({"mode": "nothing"}, {"opacity": 2}, {"no_such_option": 1}, {"marker": {"size": -1}}):
    try:
        go.Scatter(**wrong)
    except ValueError:
        pass
    else:
        raise AssertionError("{} was accepted".format(wrong))

grid = make_subplots(rows=2, cols=2, specs=[[{}, {"type": "pie"}], [{"colspan": 2}, None]])
grid.add_trace(go.Pie(labels=["u", "v"], values=[1, 2]), row=1, col=2)
grid.add_trace(go.Heatmap(z=[[1, 2], [3, 4]]), row=2, col=1)
assert grid.data[1].xaxis == "x2" and grid.layout.yaxis2.domain[0] == 0, grid.layout
grid.for_each_trace(lambda trace: trace.update(name=trace.type))
assert [trace.name for trace in grid.data] == ["pie", "heatmap"]

library = get_plotlyjs()
assert len(library) > 1000000 and "Plotly" in library
page = pio.to_html(figure, include_plotlyjs=True, full_html=True)
assert "<html>" in page[:100] and len(page) > len(library)
small = pio.to_html(figure, include_plotlyjs=False, full_html=False, div_id="here")
assert (
    'id="here"' in small and len(small) < 50000 and "Plotly.newPlot" in small and "letters" in small
)

assert plotly.colors.hex_to_rgb("#ff8000") == (255, 128, 0)
assert plotly.colors.find_intermediate_color((0, 0, 0), (10, 20, 30), 0.5) == (5, 10, 15)
assert plotly.colors.sample_colorscale([[0, "rgb(0,0,0)"], [1, "rgb(200,0,0)"]], [0.5]) == [
    "rgb(100, 0, 0)"
]

if all(importlib.util.find_spec(name) is not None for name in ("numpy", "pandas")):
    import plotly.express as px

    flowers = px.data.iris()
    assert flowers.shape == (150, 6) and round(flowers["sepal_width"].mean(), 3) == 3.054
    chart = px.scatter(
        flowers, x="sepal_width", y="sepal_length", color="species", facet_col="species"
    )
    assert [trace.name for trace in chart.data] == ["setosa", "versicolor", "virginica"]
    assert [len(trace.x) for trace in chart.data] == [50, 50, 50]
    counts = px.histogram({"v": [1, 1, 2]}, x="v", nbins=2)
    assert counts.data[0].type == "histogram" and list(counts.data[0].x) == [1, 1, 2]
