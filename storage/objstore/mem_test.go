package objstore_test

import (
	"testing"

	"github.com/traillake/traillake/storage/objstore"
	"github.com/traillake/traillake/storage/objstore/objstoretest"
)

func TestMem(t *testing.T) {
	objstoretest.Run(t, func(*testing.T) objstore.Store { return objstore.NewMem() })
}
