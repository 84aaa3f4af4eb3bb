#!/usr/bin/env bash
# statsmodels 0.15.0 (PyPI), with scipy 1.17.1:
#
#   proportion_confint(0, 7, method="wilson") begins at 2.8e-17 and not at 0, and proportion_confint(7, 7, ...) ends below 1.
#   The interval does not hold the rate that was seen. Of the sizes 1 to 399 it is so for about a fourth of "none of n" and
#   "all of n". Sorted by the lower bound, 0 replies of 7 stands above 0 of 8. method="jeffreys" leaves none and all out at
#   every size. scipy.stats.binomtest(...).proportion_ci(method="wilson") holds them always.
#
# Ends with 1 once the bounds of Wilson's interval are 0 and 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --no-warn-script-location --target "$folder" statsmodels==0.15.0 scipy==1.17.1
cat > "$folder/ask.py" <<'PY'
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint


def outside(interval):
    return sum(not low <= k / n <= high for n in range(1, 400) for k in (0, n) for low, high in [interval(k, n)])


print("wilson, 0 of 7 begins at", proportion_confint(0, 7, method="wilson")[0])
for method in ("wilson", "jeffreys", "beta"):
    print(f"statsmodels {method}: {outside(lambda k, n: proportion_confint(k, n, method=method))} of 798 leave out what was seen")
print(f"scipy wilson: {outside(lambda k, n: binomtest(k, n).proportion_ci(method='wilson'))} of 798")
PY
said=$(PYTHONPATH="$folder" python3 "$folder/ask.py")
echo "$said"
# Seen: wilson, 0 of 7 begins at 2.7755575615628914e-17
#       statsmodels wilson: 198 of 798 leave out what was seen
#       statsmodels jeffreys: 798 of 798 leave out what was seen
#       statsmodels beta: 0 of 798 leave out what was seen
#       scipy wilson: 0 of 798
grep -Eq "statsmodels wilson: [1-9][0-9]* of 798" <<< "$said" && grep -q "scipy wilson: 0 of 798" <<< "$said"
