package main

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/traillake/traillake/engine"
)

// The environment variables that hold the root access key.
const (
	envAccessKeyID     = "TRAILLAKE_ROOT_ACCESS_KEY_ID"
	envSecretAccessKey = "TRAILLAKE_ROOT_SECRET_ACCESS_KEY"
)

// keyPair is an access key.
type keyPair struct {
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

// envKeys returns the root access key from the environment; ok is false when it is not set.
func (p *program) envKeys() (keys keyPair, ok bool, err error) {
	keys = keyPair{AccessKeyID: p.env(envAccessKeyID), SecretAccessKey: p.env(envSecretAccessKey)}
	switch {
	case keys == keyPair{}:
		return keys, false, nil
	case keys.AccessKeyID == "" || keys.SecretAccessKey == "":
		return keys, false, fmt.Errorf("%s and %s: set both or neither", envAccessKeyID, envSecretAccessKey)
	}
	return keys, true, nil
}

// rootKeys returns the root access key: from the environment, or the pair kept
// in the data directory, which is made when there is none. made tells the file
// that was made.
func (p *program) rootKeys(dir string) (keys keyPair, made string, err error) {
	keys, ok, err := p.envKeys()
	if ok || err != nil {
		return keys, "", err
	}
	path := filepath.Join(dir, "credentials.json")
	raw, err := os.ReadFile(path)
	if err == nil {
		if err := json.Unmarshal(raw, &keys); err != nil || keys.AccessKeyID == "" || keys.SecretAccessKey == "" {
			return keys, "", fmt.Errorf("%s: holds no access key; remove it to have a new pair made", path)
		}
		return keys, "", nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, "", fmt.Errorf("read credentials: %w", err)
	}
	if keys, err = newKeys(); err != nil {
		return keys, "", err
	}
	if raw, err = json.MarshalIndent(keys, "", "  "); err != nil {
		return keys, "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return keys, "", fmt.Errorf("make data directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return keys, "", fmt.Errorf("keep credentials: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return keys, "", fmt.Errorf("keep credentials: %w", err)
	}
	return keys, path, nil
}

// newKeys makes a random pair in the shape of AWS's.
func newKeys() (keyPair, error) {
	random := make([]byte, 40)
	if _, err := rand.Read(random); err != nil {
		return keyPair{}, fmt.Errorf("make credentials: %w", err)
	}
	return keyPair{
		AccessKeyID:     "AKIA" + base32.StdEncoding.EncodeToString(random[:10]),
		SecretAccessKey: base64.RawStdEncoding.EncodeToString(random[10:]),
	}, nil
}

// credential is the root key as the engine takes it.
func (k keyPair) credential(account string) engine.Credential {
	return engine.Credential{
		AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey,
		Principal: engine.Principal{
			AccessKeyID: k.AccessKeyID, AccountID: account, ARN: "arn:aws:iam::" + account + ":root", UserName: "root",
		},
	}
}
