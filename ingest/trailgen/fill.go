package trailgen

import (
	"encoding/binary"
	"strconv"
	"time"
)

// fill appends a template with its variables filled in. Within one event a bucket,
// a role and so on is always the same one.
func (e *eventWriter) fill(dst []byte, t template) []byte {
	for _, p := range t {
		dst = append(dst, p.text...)
		if p.fill != nothing {
			dst = e.variable(dst, p.fill)
		}
	}
	return dst
}

// skewed picks one of n by some of the event's bits, the first ones more often.
func (e *eventWriter) skewed(shift, n uint64) uint64 {
	x, y := e.bits>>shift&0xff, e.bits>>(shift+8)&0xff
	return x * y * n >> 16
}

func (e *eventWriter) variable(dst []byte, v variable) []byte {
	switch v {
	case varAccount:
		return append(dst, e.trail.account...)
	case varRegion:
		return append(dst, e.trail.region...)
	case varBucket:
		return e.bucket(dst)
	case varKey:
		return e.key(dst)
	case varSame:
		return e.key(append(e.bucket(dst), '/'))
	case varFolder:
		return append(dst, purposes[e.skewed(16, uint64(len(purposes)))]...)
	case varRole:
		return append(append(dst, e.app()...), "-role"...)
	case varSession:
		return e.fixedHex(append(append(dst, e.app()...), "-"...), 8, 3)
	case varUser:
		return append(dst, people[e.skewed(24, uint64(len(people)))]...)
	case varApp:
		return append(dst, e.app()...)
	case varTeam:
		return append(dst, e.team()...)
	case varFunction:
		return append(dst, functions[e.skewed(12, uint64(len(functions)))]...)
	case varTable:
		return append(append(append(dst, e.app()...), '-'), purposes[e.skewed(16, uint64(len(purposes)))]...)
	}
	return e.identifier(dst, v)
}

// identifier appends ids of resources, which stay the same for an event's bits, and
// random ones.
func (e *eventWriter) identifier(dst []byte, v variable) []byte {
	switch v {
	case varKMS:
		dst = e.fixedHex(dst, 8, 4)
		return append(e.fixedHex(append(dst, "-1234-4abc-8def-"...), 8, 4), "0000"...)
	case varInstance:
		return e.fixedHex(append(dst, "i-0"...), 16, 5)
	case varInstance2:
		return e.fixedHex(append(dst, "i-0"...), 16, 6)
	case varGroup:
		return e.fixedHex(append(dst, "sg-0"...), 16, 7)
	case varVPC:
		return e.fixedHex(append(dst, "vpc-0"...), 16, 8)
	case varSubnet:
		return e.fixedHex(append(dst, "subnet-0"...), 16, 9)
	case varAMI:
		return e.fixedHex(append(dst, "ami-0"...), 16, 10)
	case varUUID:
		return e.uuid(dst)
	case varHex8:
		return e.hex(dst, 8)
	case varHex17:
		return e.hex(append(dst, '0'), 16)
	case varSHA:
		return e.hex(e.hex(dst, 32), 32)
	case varAROA:
		return e.letters(append(dst, "AROA"...), 17)
	case varAIDA:
		return e.letters(append(dst, "AIDA"...), 17)
	case varASIA:
		return e.letters(append(dst, "ASIA"...), 16)
	case varAKIA:
		return e.letters(append(dst, "AKIA"...), 16)
	case varToken:
		return append(e.alphanumeric(append(dst, "FwoGZXIvYXdzE"...), 96), "=="...)
	}
	return e.number(dst, v)
}

// number appends numbers, addresses and times.
func (e *eventWriter) number(dst []byte, v variable) []byte {
	switch v {
	case varPrivate:
		dst = strconv.AppendUint(append(dst, "10."...), e.bits>>3&31, 10)
		dst = strconv.AppendUint(append(dst, '.'), e.bits>>9&255, 10)
		return strconv.AppendUint(append(dst, '.'), 1+e.bits>>17&127, 10)
	case varN:
		return strconv.AppendUint(dst, 1+e.skewed(20, 200), 10)
	case varBig:
		return strconv.AppendUint(dst, e.bits>>(20+e.bits&15), 10)
	case varLater, varConsole:
		at := e.at
		if v == varLater {
			at = at.Add(time.Hour)
		}
		return at.AppendFormat(dst, "Jan 2, 2006, 3:04:05 PM")
	case varEpoch:
		return strconv.AppendInt(dst, e.at.Unix(), 10)
	case varMillis:
		return strconv.AppendInt(dst, e.at.UnixMilli(), 10)
	}
	return dst
}

func (e *eventWriter) app() string  { return apps[e.skewed(0, uint64(len(apps)))] }
func (e *eventWriter) team() string { return teams[e.skewed(4, uint64(len(teams)))] }

func (e *eventWriter) bucket(dst []byte) []byte {
	dst = append(append(dst, e.app()...), '-')
	dst = append(append(dst, purposes[e.skewed(16, uint64(len(purposes)))]...), '-')
	return append(dst, e.trail.account[8:]...)
}

func (e *eventWriter) key(dst []byte) []byte {
	dst = append(append(dst, e.team()...), '/')
	dst = e.at.AppendFormat(dst, "2006/01/02/")
	dst = binaryHex(dst, mix(e.bits), 16)
	return append(dst, ".parquet"...)
}

// fixedHex appends digits that are the same for like bits: one of a few hundred.
func (e *eventWriter) fixedHex(dst []byte, n int, kind uint64) []byte {
	return binaryHex(dst, mix(kind<<40|uint64(e.trail.accountIndex)<<32|e.skewed(28, 400)), n)
}

func (e *eventWriter) hex(dst []byte, n int) []byte {
	for n > 16 {
		dst = binaryHex(dst, e.rand.Uint64(), 16)
		n -= 16
	}
	return binaryHex(dst, e.rand.Uint64(), n)
}

// binaryHex appends the n lowest hexadecimal digits of x.
func binaryHex(dst []byte, x uint64, n int) []byte {
	for range n {
		dst = append(dst, hexDigits[x&15])
		x >>= 4
	}
	return dst
}

// uuid appends a random UUID of version 4.
func (e *eventWriter) uuid(dst []byte) []byte {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], e.rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], e.rand.Uint64())
	b[6], b[8] = b[6]&15|0x40, b[8]&0x3f|0x80
	for i, x := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[x>>4], hexDigits[x&15])
	}
	return dst
}

// letters appends random characters as access keys have them.
func (e *eventWriter) letters(dst []byte, n int) []byte {
	for n > 0 {
		x := e.rand.Uint64()
		for range min(n, 12) {
			dst = append(dst, codeLetters[x&31])
			x >>= 5
		}
		n -= 12
	}
	return dst
}

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB"

func (e *eventWriter) alphanumeric(dst []byte, n int) []byte {
	for n > 0 {
		x := e.rand.Uint64()
		for range min(n, 10) {
			dst = append(dst, alphanumerics[x&63])
			x >>= 6
		}
		n -= 10
	}
	return dst
}
