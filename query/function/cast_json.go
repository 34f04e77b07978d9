package function

import "github.com/traillake/traillake/query/types"

func toJSONMaker(from types.Type) (maker, bool) { return nil, false }
func fromJSONMaker(to types.Type) (maker, bool) { return nil, false }
