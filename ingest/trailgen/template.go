package trailgen

import "strings"

// template is JSON text with places to fill in; an empty one stands for null.
type template []piece

// piece is fixed text and what follows it.
type piece struct {
	text string
	fill variable
}

// variable is a $name of the catalog.
type variable uint8

const (
	nothing variable = iota
	varAccount
	varRegion
	varBucket
	varKey
	varSame // bucket and key
	varFolder
	varKMS
	varRole
	varSession
	varUser
	varApp
	varTeam
	varFunction
	varTable
	varInstance
	varInstance2
	varGroup
	varVPC
	varSubnet
	varAMI
	varPrivate
	varUUID
	varHex8
	varHex17
	varSHA
	varN
	varBig
	varAROA
	varAIDA
	varASIA
	varAKIA
	varToken
	varLater
	varConsole
	varEpoch
	varMillis
)

// names of the variables. Of two that begin alike the longer wins.
var names = map[string]variable{
	"account": varAccount, "region": varRegion, "bucket": varBucket, "key": varKey, "same": varSame, "folder": varFolder,
	"kms": varKMS, "role": varRole, "session": varSession, "user": varUser, "app": varApp, "team": varTeam, "fn": varFunction,
	"table": varTable, "instance": varInstance, "instance2": varInstance2, "sg": varGroup, "vpc": varVPC, "subnet": varSubnet,
	"ami": varAMI, "private": varPrivate, "uuid": varUUID, "hex8": varHex8, "hex17": varHex17, "sha": varSHA, "n": varN,
	"big": varBig, "aroa": varAROA, "aida": varAIDA, "asia": varASIA, "akia": varAKIA, "token": varToken, "later": varLater,
	"console": varConsole, "epoch": varEpoch, "millis": varMillis,
}

// parseTemplate reads a template; it panics on an unknown name, as all are ours.
func parseTemplate(s string) template {
	if s == "-" {
		return nil
	}
	var t template
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 {
			return append(t, piece{text: s})
		}
		p := piece{text: s[:i]}
		s = s[i+1:]
		length := 0
		for name, v := range names {
			if len(name) > length && strings.HasPrefix(s, name) {
				p.fill, length = v, len(name)
			}
		}
		if length == 0 {
			panic("trailgen: unknown name in the catalog: $" + s)
		}
		s = s[length:]
		t = append(t, p)
	}
}
