# imports: statsmodels, statsmodels.api, statsmodels.formula.api, statsmodels.stats.api,
#   statsmodels.tsa.api
# exercises: linear regression against NIST's certified Longley values, formulas, logistic and
#   Poisson models, a Kalman filter, autocorrelation, smoothing, tests and corrections
# versions: >=0.12
import math

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.tsa.stattools import acf

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
assert abs(math.sqrt(fit.mse_resid) - 304.854073561965) < 1e-4
assert abs(fit.fvalue - 330.285339234588) < 1e-3 and fit.df_resid == 9
assert "Longley" not in fit.summary().as_text() and "R-squared" in fit.summary().as_text()

line = smf.ols("y ~ x", pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [1.0, 3, 5, 7]})).fit()
assert np.allclose(line.params, [1, 2]) and np.allclose(line.predict({"x": [10]}), 21)
weighted = sm.WLS([1.0, 5.0], [1.0, 1.0], weights=[3.0, 1.0]).fit()
assert np.allclose(weighted.params, 2.0)

# Log odds by hand: 1 of 4 without, 3 of 4 with.
yes = np.array([1, 0, 0, 0, 1, 1, 1, 0])
group = sm.add_constant(np.repeat([0.0, 1.0], 4))
logit = sm.Logit(yes, group).fit(disp=0)
assert np.allclose(logit.params, [math.log(1 / 3), 2 * math.log(3)], atol=1e-5), logit.params
poisson = sm.GLM([1, 2, 6], np.ones(3), family=sm.families.Poisson()).fit()
assert np.allclose(poisson.params, math.log(3))

# The exact likelihood of an autoregression of order 1, by hand and by the Kalman filter.
values, phi = np.array([1.0, 2.0, -1.0, 0.5]), 0.5
wanted = math.log(1 - phi**2) / 2 - (1 - phi**2) * values[0] ** 2 / 2
wanted -= ((values[1:] - phi * values[:-1]) ** 2).sum() / 2 + 2 * math.log(2 * math.pi)
model = sm.tsa.SARIMAX(values, order=(1, 0, 0))
assert abs(model.loglike([phi, 1.0]) - wanted) < 1e-8, (model.loglike([phi, 1.0]), wanted)
assert np.allclose(acf([1.0, 2, 3, 4], nlags=1, fft=False), [1, 0.25])
smooth = sm.tsa.SimpleExpSmoothing(
    np.array([2.0, 4, 6]), initialization_method="known", initial_level=2.0
)
assert np.allclose(smooth.fit(smoothing_level=0.5, optimized=False).fittedvalues, [2, 2, 3])
x = np.arange(20.0)
assert np.allclose(sm.nonparametric.lowess(2 * x + 1, x, frac=0.5)[:, 1], 2 * x + 1)

reject, adjusted = multipletests([0.01, 0.02, 0.04], method="holm")[:2]
assert np.allclose(adjusted, [0.03, 0.04, 0.04]) and reject.all()
low, high = proportion_confint(50, 100, method="normal")
assert abs(high - 0.5 - 1.959963984540054 * 0.05) < 1e-9
difference = sm.stats.ttest_ind([1.0, 2, 3], [2.0, 3, 4])
assert abs(difference[0] + math.sqrt(1.5)) < 1e-9 and difference[2] == 4
