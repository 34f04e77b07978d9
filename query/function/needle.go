package function

import (
	"bytes"
	"strings"
)

// Needle is a text to be found in others. It is safe for concurrent use.
type Needle struct {
	text []byte
	rare int // the place of a byte of it that few texts have
}

// commonBytes are the bytes of audit events, the most frequent first. Those that
// are missing are rare.
const commonBytes = "\"ea:strn2o1,c3idu-l6m0A4p.ISv5bf9y8w7/Tg{}DR_COhEH NPMVkLzWxGZKqBFYUJXQ#j[]@=();+\\'*?"

// NewNeedle returns the needle of a text that is not empty.
func NewNeedle(text string) *Needle {
	n := &Needle{text: []byte(text)}
	best := -1
	for i := range len(text) {
		rank := strings.IndexByte(commonBytes, text[i])
		if rank < 0 {
			rank = len(commonBytes)
		}
		if rank > best {
			n.rare, best = i, rank
		}
	}
	return n
}

// Index returns where the needle first stands in data, or -1. It looks for the
// byte that is likely to be rare, and compares where that is; where it is none too
// often, it leaves the search to the library.
func (n *Needle) Index(data []byte) int {
	end := len(data) - len(n.text) + n.rare + 1 // of the places that the rare byte can have
	rare, first := n.text[n.rare], n.text[0]
	for i, misses := n.rare, 0; i < end; i++ {
		next := bytes.IndexByte(data[i:end], rare)
		if next < 0 {
			return -1
		}
		i += next
		start := i - n.rare
		if data[start] == first && string(data[start:start+len(n.text)]) == string(n.text) {
			return start
		}
		if misses++; misses > 8+start/8 {
			if at := bytes.Index(data[start+1:], n.text); at >= 0 {
				return start + 1 + at
			}
			return -1
		}
	}
	return -1
}
