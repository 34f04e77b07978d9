package vector

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Settle makes an array fit to be read by several goroutines at once: Arrow counts
// an array's NULLs when it is first asked for them, and writes the count down.
func Settle(arr arrow.Array) {
	_ = arr.NullN()
	switch a := arr.(type) {
	case *array.Dictionary:
		Settle(a.Dictionary())
	case *array.Struct:
		for i := range a.NumField() {
			Settle(a.Field(i))
		}
	case *array.Map:
		Settle(a.Keys())
		Settle(a.Items())
	case *array.List:
		Settle(a.ListValues())
	}
}
