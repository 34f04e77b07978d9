package function

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow"
)

// A maker settles an overload's kernel. The f-adaptors below make one from a
// row function that sees no NULL: a NULL argument gives NULL, and so does errNull.
type maker = func(c *call) Kernel

// pure1 adapts a function of one argument that cannot fail.
func pure1[A, R any](f func(A) R) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a := columnOf[A](args[0])
			out := outputOf[R](ctx.Mem, c.result, rows)
			defer out.Release()
			for i := range rows {
				if a.null(i) {
					out.AppendNull()
				} else {
					out.Append(f(a.at(i)))
				}
			}
			return out.NewArray(), nil
		}
	}
}

// pure2 adapts a function of two arguments that cannot fail.
func pure2[A, B, R any](f func(A, B) R) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := columnOf[A](args[0]), columnOf[B](args[1])
			out := outputOf[R](ctx.Mem, c.result, rows)
			defer out.Release()
			for i := range rows {
				if a.null(i) || b.null(i) {
					out.AppendNull()
				} else {
					out.Append(f(a.at(i), b.at(i)))
				}
			}
			return out.NewArray(), nil
		}
	}
}

// each runs f for every row and appends what it returns.
func each[R any](ctx *Context, c *call, rows int, f func(i int) (R, error)) (arrow.Array, error) {
	out := outputOf[R](ctx.Mem, c.result, rows)
	defer out.Release()
	for i := range rows {
		switch v, err := f(i); {
		case err == nil:
			out.Append(v)
		case errors.Is(err, errNull):
			out.AppendNull()
		default:
			return nil, err
		}
	}
	return out.NewArray(), nil
}

// f1 adapts a function of one argument.
func f1[A, R any](f func(A) (R, error)) maker {
	return c1(func(_ *Context, a A) (R, error) { return f(a) })
}

// f2 adapts a function of two arguments.
func f2[A, B, R any](f func(A, B) (R, error)) maker {
	return c2(func(_ *Context, a A, b B) (R, error) { return f(a, b) })
}

// f3 adapts a function of three arguments.
func f3[A, B, C, R any](f func(A, B, C) (R, error)) maker {
	return c3(func(_ *Context, a A, b B, c C) (R, error) { return f(a, b, c) })
}

// f4 adapts a function of four arguments.
func f4[A, B, C, D, R any](f func(A, B, C, D) (R, error)) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := columnOf[A](args[0]), columnOf[B](args[1])
			cc, d := columnOf[C](args[2]), columnOf[D](args[3])
			return each(ctx, c, rows, func(i int) (R, error) {
				if a.null(i) || b.null(i) || cc.null(i) || d.null(i) {
					return *new(R), errNull
				}
				return f(a.at(i), b.at(i), cc.at(i), d.at(i))
			})
		}
	}
}

// c1 adapts a function of the context and one argument.
func c1[A, R any](f func(*Context, A) (R, error)) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a := columnOf[A](args[0])
			return each(ctx, c, rows, func(i int) (R, error) {
				if a.null(i) {
					return *new(R), errNull
				}
				return f(ctx, a.at(i))
			})
		}
	}
}

// c2 adapts a function of the context and two arguments.
func c2[A, B, R any](f func(*Context, A, B) (R, error)) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b := columnOf[A](args[0]), columnOf[B](args[1])
			return each(ctx, c, rows, func(i int) (R, error) {
				if a.null(i) || b.null(i) {
					return *new(R), errNull
				}
				return f(ctx, a.at(i), b.at(i))
			})
		}
	}
}

// c3 adapts a function of the context and three arguments.
func c3[A, B, C, R any](f func(*Context, A, B, C) (R, error)) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
			a, b, cc := columnOf[A](args[0]), columnOf[B](args[1]), columnOf[C](args[2])
			return each(ctx, c, rows, func(i int) (R, error) {
				if a.null(i) || b.null(i) || cc.null(i) {
					return *new(R), errNull
				}
				return f(ctx, a.at(i), b.at(i), cc.at(i))
			})
		}
	}
}

// c0 adapts a function of the context alone: one value for all rows.
func c0[R any](f func(*Context) R) maker {
	return func(c *call) Kernel {
		return func(ctx *Context, _ []Value, rows int) (arrow.Array, error) {
			v := f(ctx)
			return each(ctx, c, rows, func(int) (R, error) { return v, nil })
		}
	}
}
