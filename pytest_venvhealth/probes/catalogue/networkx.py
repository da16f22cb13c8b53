# imports: networkx, networkx.algorithms, networkx.generators.atlas
# exercises: paths, trees, flow, matching, order, isomorphism, the atlas of small graphs, formats;
#   matrices and PageRank where numpy and scipy are there
# versions: >=2.6
import importlib.util
import io

import networkx as nx

graph = nx.Graph()
graph.add_weighted_edges_from([("a", "b", 1), ("b", "c", 2), ("a", "c", 4), ("c", "d", 1)])
assert nx.shortest_path(graph, "a", "d") == ["a", "c", "d"]
assert nx.dijkstra_path(graph, "a", "d", weight="weight") == ["a", "b", "c", "d"]
assert nx.dijkstra_path_length(graph, "a", "d") == 4
assert nx.minimum_spanning_tree(graph).size(weight="weight") == 4
assert sorted(nx.articulation_points(graph)) == ["c"] and list(nx.bridges(graph)) == [("c", "d")]
assert nx.number_connected_components(nx.disjoint_union(graph, graph)) == 2

flow = nx.DiGraph()
edges = [("s", "a", 3), ("s", "b", 2), ("a", "b", 1), ("a", "t", 2), ("b", "t", 3)]
flow.add_weighted_edges_from(edges, weight="capacity")
assert nx.maximum_flow_value(flow, "s", "t") == 5
assert nx.minimum_cut_value(flow, "s", "t") == 5
assert list(nx.topological_sort(flow)) == ["s", "a", "b", "t"]
flow.add_edge("t", "s")
assert not nx.is_directed_acyclic_graph(flow)
assert nx.is_strongly_connected(flow)

# The Petersen graph, and a well-known club.
petersen = nx.petersen_graph()
assert (nx.diameter(petersen), len(nx.minimum_cycle_basis(petersen)[0])) == (2, 5)
assert set(dict(petersen.degree()).values()) == {3} and not nx.check_planarity(petersen)[0]
assert len(nx.max_weight_matching(petersen, maxcardinality=True)) == 5
assert nx.is_isomorphic(petersen, nx.relabel_nodes(petersen, lambda node: 9 - node))
assert not nx.is_isomorphic(nx.path_graph(4), nx.star_graph(3))
club = nx.karate_club_graph()
assert (club.number_of_nodes(), club.number_of_edges()) == (34, 78)
assert sum(nx.triangles(club).values()) == 3 * 45
assert {len(clique) for clique in nx.find_cliques(nx.complete_graph(6))} == {6}

# There are 1 + 1 + 2 + 4 + 11 + 34 + 156 + 1044 graphs of at most 7 nodes (OEIS A000088).
atlas = nx.graph_atlas_g()
assert len(atlas) == 1253 and sum(len(each) == 7 for each in atlas) == 1044
assert nx.graph_atlas(7).number_of_edges() == 3

assert nx.to_graph6_bytes(nx.complete_graph(4), header=False) == b"C~\n"
assert set(nx.from_graph6_bytes(b"C~").edges) == set(nx.complete_graph(4).edges)
file = io.BytesIO()
nx.write_graphml(graph, file)
file.seek(0)
again = nx.read_graphml(file)
assert sorted(again) == ["a", "b", "c", "d"] and again.edges["a", "c"]["weight"] == 4
assert again.number_of_edges() == 4

if importlib.util.find_spec("numpy") is not None:
    assert nx.to_numpy_array(nx.path_graph(3)).tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    if importlib.util.find_spec("scipy") is not None:
        assert abs(nx.pagerank(nx.cycle_graph(5, create_using=nx.DiGraph))[0] - 0.2) < 1e-6
        # Kirchhoff: the Laplacian's eigenvalues of a complete graph of 4 nodes are 0, 4, 4, 4.
        spectrum = nx.laplacian_spectrum(nx.complete_graph(4))
        assert abs(sorted(spectrum)[1] - 4) < 1e-9, spectrum
