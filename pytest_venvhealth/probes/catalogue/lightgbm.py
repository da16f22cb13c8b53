# imports: lightgbm
# exercises: a tree worked out by hand, a boosted classifier with its metric, contributions that
#   add up to the prediction, a model written as text and read back, a broken one refused
# versions: >=4.0
# timeout: 120
import lightgbm
import numpy as np

quiet = {"verbose": -1, "num_threads": 1, "deterministic": True, "seed": 1}
free = {**quiet, "min_data_in_leaf": 1, "min_data_in_bin": 1, "min_sum_hessian_in_leaf": 0.0}

# One split of squared error: at the largest gap, and each side answers with its mean.
x = np.array([[1.0], [2.0], [3.0], [4.0]])
y = np.array([1.0, 1.0, 5.0, 7.0])
stump = lightgbm.train(
    {**free, "objective": "regression", "num_leaves": 2, "learning_rate": 1.0},
    lightgbm.Dataset(x, label=y, params=free),
    num_boost_round=1,
)
assert np.allclose(stump.predict(x), [1.0, 1.0, 6.0, 6.0]), stump.predict(x)
assert stump.predict(x, pred_leaf=True).ravel().tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
root = stump.dump_model()["tree_info"][0]["tree_structure"]
assert 2.0 <= root["threshold"] < 3.0 and root["decision_type"] == "<=", root
# The first round learns only the part that the rate lets through, from the mean 3.5 on.
half = lightgbm.train(
    {**free, "objective": "regression", "num_leaves": 2, "learning_rate": 0.5},
    lightgbm.Dataset(x, label=y, params=free),
    num_boost_round=1,
)
assert np.allclose(half.predict(x), [2.25, 2.25, 4.75, 4.75]), half.predict(x)

rng = np.random.default_rng(4)
points = rng.standard_normal((300, 3))
labels = (points[:, 0] * points[:, 1] > 0).astype(int)  # no single split tells anything
data = lightgbm.Dataset(points, label=labels, params=quiet, free_raw_data=False)
history = {}
boosted = lightgbm.train(
    {**quiet, "objective": "binary", "metric": "binary_error", "min_data_in_leaf": 5},
    data,
    num_boost_round=30,
    valid_sets=[data],
    valid_names=["train"],
    callbacks=[lightgbm.record_evaluation(history)],
)
chance = boosted.predict(points)
wrong = ((chance > 0.5) != labels).mean()
assert wrong < 0.1, wrong
assert abs(history["train"]["binary_error"][-1] - wrong) < 1e-6, history
parts = boosted.predict(points, pred_contrib=True).sum(1)
assert np.allclose(1 / (1 + np.exp(-parts)), chance), "contributions do not add up"

again = lightgbm.Booster(model_str=boosted.model_to_string())
assert np.allclose(again.predict(points), chance)
assert again.num_trees() == 30 and again.feature_name() == boosted.feature_name()
try:
    lightgbm.train({**quiet, "objective": "no such"}, lightgbm.Dataset(x, label=y), 1)
except lightgbm.basic.LightGBMError:
    pass
else:
    raise AssertionError("an objective that does not exist was accepted")
