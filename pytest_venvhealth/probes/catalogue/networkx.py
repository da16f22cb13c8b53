# imports: networkx, networkx.algorithms, networkx.generators.atlas
# exercises: paths, a spanning tree, flow, order, isomorphism, the atlas of small graphs, GraphML;
#   PageRank
# versions: >=2.6
# needs: numpy and scipy, else PageRank is left out
import importlib.util
import io

import networkx as nx

graph = nx.Graph()
graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("a", "c", 4), ("c", "d", 1)])
assert nx.shortest_path(graph, "a", "d") == ["a", "c", "d"]
assert nx.dijkstra_path(graph, "a", "d", weight="weight") == ["a", "b", "c", "d"]
assert nx.minimum_spanning_tree(graph).size(weight="weight") == 4
assert sorted(nx.articulation_points(graph)) == ["c"] and list(nx.bridges(graph)) == [("c", "d")]

flow = nx.DiGraph()
edges = [("s", "a", 3), ("s", "b", 2), ("a", "b", 1), ("a", "t", 2), ("b", "t", 3)]
flow.add_weighted_edges_from(edges, weight="capacity")
assert nx.maximum_flow_value(flow, "s", "t") == nx.minimum_cut_value(flow, "s", "t") == 5
assert list(nx.topological_sort(flow)) == ["s", "a", "b", "t"]

# The Petersen graph, and a well-known club.
petersen = nx.petersen_graph()
assert nx.diameter(petersen) == 2 and not nx.check_planarity(petersen)[0]
assert len(nx.max_weight_matching(petersen, maxcardinality=True)) == 5
assert nx.is_isomorphic(petersen, nx.relabel_nodes(petersen, lambda node: 9 - node))
assert not nx.is_isomorphic(nx.path_graph(4), nx.star_graph(3))
club = nx.karate_club_graph()
assert (club.number_of_nodes(), club.number_of_edges()) == (34, 78)
assert sum(nx.triangles(club).values()) == 3 * 45

# There are 1 + 1 + 2 + 4 + 11 + 34 + 156 + 1044 graphs of at most 7 nodes (OEIS A000088).
atlas = nx.graph_atlas_g()
assert len(atlas) == 1253 and sum(len(each) == 7 for each in atlas) == 1044

file = io.BytesIO()
nx.write_graphml(graph, file)
again = nx.read_graphml(io.BytesIO(file.getvalue()))
assert again.edges["a", "c"]["weight"] == 4 and again.number_of_edges() == 4

if all(importlib.util.find_spec(name) is not None for name in ("numpy", "scipy")):
    circle = nx.cycle_graph(5, create_using=nx.DiGraph)
    assert abs(nx.pagerank(circle)[0] - 0.2) < 1e-6
