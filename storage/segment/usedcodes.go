package segment

// usedCodes cuts a dictionary to the values in use. A map's dictionary has the
// values of all keys, a key only some of them.
type usedCodes struct {
	place []int32 // by code: 1 + its place among the values in use; 0: not in use
}

// renumber changes codes into places among the values returned, which are those
// in use, in the order of their first use.
func (u *usedCodes) renumber(codes []int32, dict []string) (values []string) {
	if len(u.place) < len(dict) {
		u.place = make([]int32, len(dict))
	}
	var used []int32
	for i, code := range codes {
		if u.place[code] == 0 {
			used = append(used, code)
			values = append(values, dict[code])
			u.place[code] = int32(len(values))
		}
		codes[i] = u.place[code] - 1
	}
	for _, code := range used {
		u.place[code] = 0
	}
	return values
}
