# imports: evaluate
# exercises: a metric of one's own from a script, as a whole and added to in batches, several of
#   them combined, wrong input refused, a result saved, a bootstrapped evaluation of a classifier
# versions: >=0.4
# timeout: 180
import json

import evaluate

SCRIPT = """
import datasets
import evaluate

class Share(evaluate.Metric):
    def _info(self):
        number = datasets.Value("int64")
        return evaluate.MetricInfo(
            description="the share of right answers",
            citation="",
            inputs_description="",
            features=datasets.Features({"predictions": number, "references": number}),
        )

    def _compute(self, predictions, references, factor=1.0):
        right = sum(a == b for a, b in zip(predictions, references))
        return {"NAME": factor * right / len(references)}
"""
for name in ("share", "other"):
    with open(name + ".py", "w") as file:
        file.write(SCRIPT.replace("NAME", name))

share = evaluate.load("./share.py")
assert share.module_type == "metric" and sorted(share.features) == ["predictions", "references"]
assert share.compute(predictions=[1, 2, 3, 4], references=[1, 2, 0, 0]) == {"share": 0.5}
assert share.compute(predictions=[1, 2], references=[1, 0], factor=3.0) == {"share": 1.5}
share.add(prediction=1, reference=1)
share.add_batch(predictions=[2, 3, 4], references=[2, 3, 0])
assert share.compute() == {"share": 0.75}
assert share.compute(predictions=[5], references=[5]) == {"share": 1.0}  # nothing is left over

both = evaluate.combine([evaluate.load("./share.py"), evaluate.load("./other.py")])
assert both.compute(predictions=[1, 2], references=[1, 0]) == {"share": 0.5, "other": 0.5}
for wrong in (
    {"predictions": [1, 2], "references": [1]},
    {"predictions": ["x"], "references": [1]},
):
    try:
        share.compute(**wrong)
    except ValueError:
        pass
    else:
        raise AssertionError("input of the wrong kind was accepted")

path = evaluate.save("result.json", accuracy=0.75)
with open(path) as file:
    saved = json.load(file)
assert saved["accuracy"] == 0.75 and saved["_evaluate_version"] == evaluate.__version__, saved
