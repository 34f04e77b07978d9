package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/traillake/traillake/storage"
)

// StoreIDIn returns the id of the store with a name or id in a data directory,
// which it only reads, beside a server perhaps.
func StoreIDIn(ctx context.Context, dir, name string) (id string, err error) {
	lake, err := storage.Open(ctx, storage.Options{Dir: dir, ReadOnly: true})
	if err != nil {
		return "", fmt.Errorf("open lake %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, lake.Close()) }()
	var names []string
	for _, id := range lake.StoreIDs() {
		if id == name {
			return id, nil
		}
		s, _, err := openStore(lake, id)
		if err != nil {
			return "", err
		}
		raw, _ := s.Doc(settingsDoc)
		var r storeRecord
		if err := json.Unmarshal(raw, &r); err != nil {
			return "", fmt.Errorf("event data store %s: settings: %w", id, err)
		}
		if r.Name == name {
			return id, nil
		}
		names = append(names, r.Name)
	}
	return "", fmt.Errorf("no event data store is named %q; there are: %s", name, strings.Join(names, ", "))
}
