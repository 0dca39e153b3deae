# A straight line through six points, as a bumps problem.
from bumps.names import Curve, FitProblem
from numpy import loadtxt


def line(x, m, b=0):
    return m * x + b


x, y, dy = loadtxt("points.dat").T

model = Curve(line, x, y, dy, m=2, b=2)
model.m.range(0, 4)
model.b.range(-5, 5)

problem = FitProblem(model)
