# imports: sklearn, sklearn.linear_model, sklearn.ensemble, sklearn.cluster, sklearn.decomposition
# exercises: least squares, a decision forest, support vectors, k-means, nearest neighbours, PCA,
#   metrics, a pipeline
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

# An exact plane: y = 2a - 3b + 5.
points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [2.0, 3.0]])
plane = LinearRegression().fit(points, points @ [2.0, -3.0] + 5.0)
assert np.allclose(plane.coef_, [2.0, -3.0]), plane.coef_
assert abs(plane.intercept_ - 5.0) < 1e-9

# Two clouds that no classifier may confuse.
random = np.random.default_rng(0)
low, high = random.normal(-5.0, 0.5, (20, 2)), random.normal(5.0, 0.5, (20, 2))
data, label = np.vstack([low, high]), np.repeat([0, 1], 20)
for model in (
    RandomForestClassifier(n_estimators=5, random_state=0),
    SVC(kernel="rbf"),
    KNeighborsClassifier(n_neighbors=3),
    make_pipeline(StandardScaler(), LogisticRegression()),
):
    guess = model.fit(data, label).predict([[-5.0, -5.0], [5.0, 5.0]])
    assert guess.tolist() == [0, 1], (model, guess)

groups = KMeans(n_clusters=2, n_init=1, random_state=0).fit_predict(data)
assert len(set(groups[:20])) == len(set(groups[20:])) == 1
assert groups[0] != groups[-1]

# Points on one line have one principal component.
line = np.outer(np.arange(10.0), [3.0, 4.0])
ratio = PCA(n_components=2).fit(line).explained_variance_ratio_
assert abs(ratio[0] - 1.0) < 1e-9, ratio

assert accuracy_score([0, 1, 1, 0], [0, 1, 0, 0]) == 0.75
assert roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 0.75
