# imports: plotly, plotly.graph_objects, plotly.io, plotly.subplots, plotly.colors
# exercises: figures and their JSON, a template, sub-plots, a page that carries
#   the JavaScript library; an express chart
# versions: >=5.0
# needs: numpy and pandas, else the express chart is left out
import importlib.util
import json

import plotly.graph_objects as go
import plotly.io as pio
from plotly.subplots import make_subplots

figure = go.Figure(
    data=[
        go.Bar(x=["a", "b"], y=[1, 3], name="bars"),
        go.Scatter(x=[0, 1], y=[2, 4], mode="lines"),
    ],
    layout=go.Layout(title_text="Probe", template="plotly_dark"),
)
figure.update_traces(marker_color="red", selector={"type": "bar"})
told = json.loads(figure.to_json())
assert [trace["type"] for trace in told["data"]] == ["bar", "scatter"], told["data"]
assert told["data"][0]["marker"]["color"] == "red" and "marker" not in told["data"][1]
assert told["layout"]["title"]["text"] == "Probe"
assert go.Figure(told) == figure and figure.data[0].y == (1, 3)
# Templates are files, read when they are first used.
assert figure.layout.template.layout.paper_bgcolor == "rgb(17,17,17)"

grid = make_subplots(rows=2, cols=2, specs=[[{}, {"type": "pie"}], [{"colspan": 2}, None]])
grid.add_trace(go.Pie(labels=["u", "v"], values=[1, 2]), row=1, col=2)
grid.add_trace(go.Heatmap(z=[[1, 2], [3, 4]]), row=2, col=1)
assert grid.data[1].xaxis == "x2" and grid.layout.yaxis2.domain[0] == 0, grid.layout

page = pio.to_html(figure, include_plotlyjs=True)
assert len(page) > 1000000 and "Plotly.newPlot" in page and '"Probe"' in page

if all(importlib.util.find_spec(name) is not None for name in ("numpy", "pandas")):
    import plotly.express as px

    chart = px.scatter(px.data.iris(), x="sepal_width", y="sepal_length", color="species")
    assert [trace.name for trace in chart.data] == ["setosa", "versicolor", "virginica"]
    assert [len(trace.x) for trace in chart.data] == [50, 50, 50]
