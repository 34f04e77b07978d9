package segment

// Hit is a row that a fingerprint was found at.
type Hit struct {
	Fingerprint uint64
	Row         int64
}
