#!/bin/sh
# Fits a straight line y = a + b x to points.csv (columns x, y, dy) by weighted least squares.
# Leaves fit.csv (each point beside its fitted value) and summary.txt.
set -eu
LC_ALL=C awk -F, '
  NR == 1 { next }
  {
    n += 1; x[n] = $1; y[n] = $2; dy[n] = $3
    w = 1 / ($3 * $3)
    s += w; sx += w * $1; sy += w * $2; sxx += w * $1 * $1; sxy += w * $1 * $2
  }
  END {
    if (n < 3) { print "points.csv has " n " points; at least 3 are needed" > "/dev/stderr"; exit 1 }
    d = s * sxx - sx * sx
    a = (sxx * sy - sx * sxy) / d
    b = (s * sxy - sx * sy) / d
    print "x,y,dy,fit,residual" > "fit.csv"
    for (i = 1; i <= n; i += 1) {
      f = a + b * x[i]; r = (y[i] - f) / dy[i]; chi += r * r
      printf "%g,%g,%g,%.6f,%.3f\n", x[i], y[i], dy[i], f, r > "fit.csv"
    }
    printf "A straight line y = a + b x through %d points\n", n > "summary.txt"
    printf "a      = %.4f +/- %.4f\n", a, sqrt(sxx / d) > "summary.txt"
    printf "b      = %.4f +/- %.4f\n", b, sqrt(s / d) > "summary.txt"
    printf "chi2/dof = %.3f with %d degrees of freedom\n", chi / (n - 2), n - 2 > "summary.txt"
  }
' points.csv
cat summary.txt
