package function

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// distributions are the functions of probability distributions.
var distributions = []entry{
	{sig: "normal_cdf(double, double, double) double", make: f3(normalCDF)},
	{sig: "inverse_normal_cdf(double, double, double) double", make: f3(inverseNormalCDF)},
	{sig: "beta_cdf(double, double, double) double", make: f3(betaCDF)},
	{sig: "inverse_beta_cdf(double, double, double) double", make: f3(inverseBetaCDF)},
	{sig: "t_cdf(double, double) double", make: f2(studentCDF)},
	{sig: "t_pdf(double, double) double", make: f2(studentDensity)},
	{sig: "wilson_interval_lower(bigint, bigint, double) double", make: f3(wilson(-1))},
	{sig: "wilson_interval_upper(bigint, bigint, double) double", make: f3(wilson(1))},
}

func normalCDF(mean, sd, v float64) (float64, error) {
	if !(sd > 0) {
		return 0, invalidArgument("standardDeviation must be > 0")
	}
	return 0.5 * (1 + math.Erf((v-mean)/(sd*math.Sqrt2))), nil
}

func inverseNormalCDF(mean, sd, p float64) (float64, error) {
	if !(p > 0 && p < 1) {
		return 0, invalidArgument("p must be 0 > p > 1")
	}
	if !(sd > 0) {
		return 0, invalidArgument("sd must be > 0")
	}
	return mean + sd*math.Sqrt2*math.Erfinv(2*p-1), nil
}

// wilson is the bound of a binomial proportion's score interval.
func wilson(side float64) func(successes, trials int64, z float64) (float64, error) {
	return func(successes, trials int64, z float64) (float64, error) {
		switch {
		case successes < 0:
			return 0, invalidArgument("number of successes must not be negative")
		case trials <= 0:
			return 0, invalidArgument("number of trials must be positive")
		case successes > trials:
			return 0, invalidArgument("number of successes must not be larger than number of trials")
		case !(z >= 0):
			return 0, invalidArgument("z-score must not be negative")
		}
		n := float64(trials)
		p := float64(successes) / n
		return (p + z*z/(2*n) + side*z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n), nil
	}
}

func betaCDF(a, b, v float64) (float64, error) {
	switch {
	case !(v >= 0 && v <= 1):
		return 0, invalidArgument("value must be 0 >= v >= 1")
	case !(a > 0 && b > 0):
		return 0, invalidArgument("a, b must be > 0")
	}
	return mathext.RegIncBeta(a, b, v), nil
}

func inverseBetaCDF(a, b, p float64) (float64, error) {
	switch {
	case !(p >= 0 && p <= 1):
		return 0, invalidArgument("p must be 0 >= p >= 1")
	case !(a > 0 && b > 0):
		return 0, invalidArgument("a, b must be > 0")
	case p == 0 || p == 1:
		return p, nil
	}
	return mathext.InvRegIncBeta(a, b, p), nil
}

// studentT is the t distribution of that many degrees of freedom.
func studentT(df float64) (distuv.StudentsT, error) {
	if !(df >= 1) {
		return distuv.StudentsT{}, invalidArgument("degrees of freedom must be greater than or equal to 1")
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}, nil
}

func studentCDF(x, df float64) (float64, error) {
	d, err := studentT(df)
	switch {
	case err != nil || math.IsNaN(x):
		return math.NaN(), err
	case math.IsInf(x, 0):
		return (1 + math.Copysign(1, x)) / 2, nil
	}
	return d.CDF(x), nil
}

func studentDensity(x, df float64) (float64, error) {
	d, err := studentT(df)
	switch {
	case err != nil || math.IsNaN(x):
		return math.NaN(), err
	case math.IsInf(x, 0):
		return 0, nil
	}
	return d.Prob(x), nil
}
