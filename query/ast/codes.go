package ast

// The codes of faults in grouping, ordering and windows.
const (
	DuplicateWindowName     ErrorCode = "DUPLICATE_WINDOW_NAME"
	ExceededFunctionMemory  ErrorCode = "EXCEEDED_FUNCTION_MEMORY_LIMIT"
	ExpressionNotInDistinct ErrorCode = "EXPRESSION_NOT_IN_DISTINCT"
	ExpressionNotScalar     ErrorCode = "EXPRESSION_NOT_SCALAR"
	FunctionNotAggregate    ErrorCode = "FUNCTION_NOT_AGGREGATE"
	FunctionNotWindow       ErrorCode = "FUNCTION_NOT_WINDOW"
	InvalidColumnReference  ErrorCode = "INVALID_COLUMN_REFERENCE"
	InvalidOrderBy          ErrorCode = "INVALID_ORDER_BY"
	InvalidPartitionBy      ErrorCode = "INVALID_PARTITION_BY"
	InvalidWindowFrame      ErrorCode = "INVALID_WINDOW_FRAME"
	InvalidWindowReference  ErrorCode = "INVALID_WINDOW_REFERENCE"
	MissingGroupBy          ErrorCode = "MISSING_GROUP_BY"
	MissingOrderBy          ErrorCode = "MISSING_ORDER_BY"
	MissingOver             ErrorCode = "MISSING_OVER"
	NestedAggregation       ErrorCode = "NESTED_AGGREGATION"
	NestedWindow            ErrorCode = "NESTED_WINDOW"
	NullTreatmentNotAllowed ErrorCode = "NULL_TREATMENT_NOT_ALLOWED"
	TooManyGroupingSets     ErrorCode = "TOO_MANY_GROUPING_SETS"
)

// The codes of faults in WITH.
const (
	DuplicateColumnName       ErrorCode = "DUPLICATE_COLUMN_NAME"
	InvalidLimitClause        ErrorCode = "INVALID_LIMIT_CLAUSE"
	InvalidRecursiveReference ErrorCode = "INVALID_RECURSIVE_REFERENCE"
	MissingColumnAliases      ErrorCode = "MISSING_COLUMN_ALIASES"
	NestedRecursive           ErrorCode = "NESTED_RECURSIVE"
)

// The codes of faults in the functions of SQL/JSON.
const (
	InvalidPath          ErrorCode = "INVALID_PATH"
	JSONInputConversion  ErrorCode = "JSON_INPUT_CONVERSION_ERROR"
	JSONOutputConversion ErrorCode = "JSON_OUTPUT_CONVERSION_ERROR"
	JSONValueResult      ErrorCode = "JSON_VALUE_RESULT_ERROR"
	PathEvaluation       ErrorCode = "PATH_EVALUATION_ERROR"
)
