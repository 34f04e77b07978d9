package function

// nearest returns the name with the fewest edits to the given one, or "" when none is near.
func nearest(name string, names []string) string {
	best, least := "", 1+max(1, len(name)/4)
	for _, n := range names {
		if d := EditDistance(name, n, least); d < least {
			best, least = n, d
		}
	}
	return best
}

// EditDistance is how many letters must be changed, added, left out or swapped
// with their neighbour to make one string of the other, or limit when it is no less.
func EditDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := last[j-1]
			if a[i-1] != b[j-1] {
				cost++
			}
			row[j] = min(cost, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return min(row[len(b)], limit)
}
