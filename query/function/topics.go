package function

// scalarTopics lists the scalar functions, one table per topic.
func scalarTopics() [][]entry {
	return [][]entry{
		comparisons,
		integerArithmetic[int8]("tinyint"), integerArithmetic[int16]("smallint"),
		integerArithmetic[int32]("integer"), integerArithmetic[int64]("bigint"),
		floatArithmetic[float32]("real"), floatArithmetic[float64]("double"), decimalArithmetic,
		stringFunctions, charFunctions, stemFunctions, likeFunctions,
		arrayAccess, arraySets, mapAccess, lambdaFunctions, jsonFunctions, jsonQueryFunctions, jsonMakeFunctions, jsonEncodings,
		currentTime, extractors(), dateArithmetic, zoneFunctions, intervalOperators, dateText,
		regexFunctions, splitFunctions, urlFunctions, binaryFunctions,
		mathFunctions, moduloFunctions(), roundingFunctions(), randomFunctions(), distributions, vectorFunctions,
		bitwiseFunctions, arrayMakers, unitFunctions, miscFunctions, asText,
	}
}

// aggregateTopics lists the aggregate functions.
func aggregateTopics() [][]aggEntry {
	return [][]aggEntry{basicAggregates, collectors, textAggregates, statistics, approximations}
}
