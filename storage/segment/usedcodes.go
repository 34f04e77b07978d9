package segment

// usedCodes finds the values of a dictionary that are in use. A map's dictionary has
// the values of all keys, a key only some of them.
type usedCodes struct {
	place []int32 // by code: 1 + its place among the values in use; 0: not in use
	used  []int32
}

// renumber changes codes of a dictionary of n values into places among the codes
// returned, which are those in use, in the order of their first use. They are valid
// until the next call.
func (u *usedCodes) renumber(codes []int32, n int) []int32 {
	if len(u.place) < n {
		u.place = make([]int32, n)
	}
	u.used = u.used[:0]
	for i, code := range codes {
		if u.place[code] == 0 {
			u.used = append(u.used, code)
			u.place[code] = int32(len(u.used))
		}
		codes[i] = u.place[code] - 1
	}
	for _, code := range u.used {
		u.place[code] = 0
	}
	return u.used
}
