# imports: statsmodels, statsmodels.api, statsmodels.formula.api, statsmodels.stats.api,
#   statsmodels.tsa.api
# exercises: linear regression against NIST's certified Longley values, a formula, a logistic model,
#   a Kalman filter, adjusted p-values
# versions: >=0.12
import math

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.multitest import multipletests

# NIST Statistical Reference Datasets: Longley, a hard one. (Here the units are thousands.)
longley = sm.datasets.longley.load_pandas()
fit = sm.OLS(longley.endog, sm.add_constant(longley.exog)).fit()
certified = {
    "const": -3482258.63459582,
    "GNPDEFL": 15.0618722713733,
    "GNP": -0.0358191792925910,
    "UNEMP": -2.02022980381683,
    "ARMED": -1.03322686717359,
    "POP": -0.0511041056535807,
    "YEAR": 1829.15146461355,
}
assert np.allclose(fit.params[list(certified)], list(certified.values()), rtol=1e-6), fit.params
assert abs(fit.rsquared - 0.995479004577296) < 1e-9
line = smf.ols("y ~ x", pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [1.0, 3, 5, 7]})).fit()
assert np.allclose(line.params, [1, 2]) and np.allclose(line.predict({"x": [10]}), 21)

# Log odds by hand: 1 of 4 without, 3 of 4 with.
yes = np.array([1, 0, 0, 0, 1, 1, 1, 0])
group = sm.add_constant(np.array([0, 0, 0, 0, 1, 1, 1, 1]))
logit = sm.Logit(yes, group).fit(disp=False)
assert np.allclose(logit.params, [math.log(1 / 3), math.log(9)], atol=1e-4), logit.params

# The likelihood of an autoregression of the first order, by hand
values, phi = np.array([1.0, 0.5, -0.2, 0.3]), 0.5
wanted = -0.5 * math.log(2 * math.pi / (1 - phi**2)) - values[0] ** 2 * (1 - phi**2) / 2
wanted -= ((values[1:] - phi * values[:-1]) ** 2).sum() / 2 + 1.5 * math.log(2 * math.pi)
found = sm.tsa.SARIMAX(values, order=(1, 0, 0)).loglike([phi, 1.0])
assert abs(found - wanted) < 1e-8, (found, wanted)

_, adjusted, *_ = multipletests([0.01, 0.02, 0.04], method="holm")
assert np.allclose(adjusted, [0.03, 0.04, 0.04])
