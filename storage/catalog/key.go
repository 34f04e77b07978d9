package catalog

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/traillake/traillake/storage/vfs"
)

const keyPEMType = "PRIVATE KEY"

// KeyFile is where a data directory keeps its signing key when no other place
// is set.
func KeyFile(dir string) string { return filepath.Join(dir, "keys", "catalog.pem") }

// ReadKey reads an Ed25519 key in PKCS #8 PEM, as Open makes it and as
// "openssl genpkey -algorithm ed25519" does. A file that others than the owner
// may read is refused.
func ReadKey(fsys vfs.FS, path string) (ed25519.PrivateKey, error) {
	info, err := fsys.Lstat(path)
	if err != nil {
		return nil, err
	}
	if perm := info.Mode().Perm(); info.Mode().IsRegular() && perm&0o077 != 0 {
		return nil, fmt.Errorf("signing key %s: mode %04o: must be 0600", path, perm)
	}
	data, err := vfs.ReadFile(fsys, path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != keyPEMType || len(rest) > 0 {
		return nil, fmt.Errorf("signing key %s: not one PEM block of type %q", path, keyPEMType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s: a %T, not an Ed25519 key", path, parsed)
	}
	return key, nil
}

// readOrMakeKey reads the key, or makes one where there is none.
func readOrMakeKey(fsys vfs.FS, path string, rand io.Reader) (ed25519.PrivateKey, error) {
	key, err := ReadKey(fsys, path)
	if err == nil || !isNotExist(err) {
		return key, err
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	key = ed25519.NewKeyFromSeed(seed)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: keyPEMType, Bytes: der})
	err = vfs.MkdirAllSync(fsys, filepath.Dir(path), 0o700)
	if err == nil {
		err = vfs.WriteFile(fsys, path, data, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("write signing key %s: %w", path, err)
	}
	return key, nil
}

// publicKey returns the public half.
func publicKey(key ed25519.PrivateKey) ed25519.PublicKey {
	return key.Public().(ed25519.PublicKey)
}

// checkLakeKey refuses a key that is not the one the lake log names. A log that
// cannot be read as far as that is left to openLog.
func checkLakeKey(fsys vfs.FS, dir string, key ed25519.PrivateKey, path string) error {
	s := newScan(fsys, dir, LakeLog)
	stop := errors.New("stop")
	var recorded ed25519.PublicKey
	s.each = func(rec *record, _ Place) (*fault, error) {
		if e, flt := rec.entry(); flt == nil && rec.verify(e.PublicKey) == nil {
			recorded = e.PublicKey
		}
		return nil, stop
	}
	if _, err := s.run(context.Background()); err != nil && !errors.Is(err, stop) {
		return err
	}
	if recorded == nil || publicKey(key).Equal(recorded) {
		return nil
	}
	return fmt.Errorf("signing key %s: its public key is %x, but the lake is signed with %x: put the lake's own key there",
		path, []byte(publicKey(key)), []byte(recorded))
}
