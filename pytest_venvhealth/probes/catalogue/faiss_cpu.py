# imports: faiss
# exercises: nearest neighbours by full search against numpy, by inverted lists, by graphs, by
#   product quantisation; clustering, a linear transform, numbers of one's own, an index saved and
#   loaded
# versions: >=1.9
import faiss
import numpy as np

faiss.omp_set_num_threads(1)
rng = np.random.default_rng(5)
base = rng.standard_normal((300, 16)).astype("float32")
queries = base[:20] + rng.standard_normal((20, 16)).astype("float32") * 0.01

plain = faiss.IndexFlatL2(16)
plain.add(base)
assert plain.ntotal == 300 and plain.is_trained
far, nearest = plain.search(queries, 4)
squares = ((queries[:, None] - base[None]) ** 2).sum(-1)
assert (nearest == squares.argsort(1)[:, :4]).all(), nearest
assert np.allclose(far, np.sort(squares, 1)[:, :4], atol=1e-3)
product = faiss.IndexFlatIP(16)
product.add(base)
assert (product.search(queries, 1)[1][:, 0] == (queries @ base.T).argmax(1)).all()
limits, _, within = plain.range_search(queries[:2], 1.0)
assert sorted(within[limits[0] : limits[1]]) == [0] and limits.tolist() == [0, 1, 2]

lists = faiss.IndexIVFFlat(faiss.IndexFlatL2(16), 16, 8)
lists.cp.min_points_per_centroid = 1
lists.train(base)
lists.add(base)
lists.nprobe = 8  # all of them: nothing is missed
assert (lists.search(queries, 4)[1] == nearest).all()
graph = faiss.IndexHNSWFlat(16, 16)
graph.add(base)
assert (graph.search(queries, 1)[1][:, 0] == np.arange(20)).mean() > 0.9
coarse = faiss.IndexPQ(16, 4, 4)
coarse.train(base)
coarse.add(base)
assert coarse.code_size == 2
error = ((coarse.reconstruct_n(0, 300) - base) ** 2).sum() / (base**2).sum()
assert 0.0 < error < 0.6, error

named = faiss.IndexIDMap(faiss.IndexFlatL2(16))
named.add_with_ids(base, np.arange(300) * 10)
assert named.search(queries, 1)[1][:, 0].tolist() == [10 * i for i in range(20)]
named.remove_ids(np.array([0]))
assert named.ntotal == 299 and named.search(queries[:1], 1)[1][0, 0] != 0
faiss.write_index(named, "named.index")
again = faiss.read_index("named.index")
assert (again.search(queries, 3)[1] == named.search(queries, 3)[1]).all()
assert (
    faiss.deserialize_index(faiss.serialize_index(plain)).reconstruct(7).tolist()
    == base[7].tolist()
)

points = np.concatenate([base[:50] * 0.01, base[:50] * 0.01 + 5.0])
means = faiss.Kmeans(16, 2, niter=5, seed=1)
means.train(points)
sides = means.index.search(points, 1)[1][:, 0]
assert len(set(sides[:50])) == len(set(sides[50:])) == 1 and sides[0] != sides[-1]
flat = np.zeros((100, 16), dtype="float32")
flat[:, :2] = base[:100, :2]
pca = faiss.PCAMatrix(16, 2)
pca.train(flat)
assert np.allclose(pca.reverse_transform(pca.apply(flat)), flat, atol=1e-3)
