package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
)

// addrFile in the data folder says where the console of its server is.
const addrFile = "addr.json"

// idHeader tells a command that it speaks with the server of its data folder,
// and with no other that has got the same address since.
const idHeader = "Shiptide-Server"

// address is what a server writes down when it is ready.
type address struct {
	URL string `json:"url"`
	ID  string `json:"id"`
}

// writeAddress replaces the file whole.
func writeAddress(dir string, a address) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, addrFile+".new")
	if err := os.WriteFile(tmp, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, addrFile))
}

// findServer returns a client of the server that has a data folder open.
func findServer(ctx context.Context, dir string) (*client, error) {
	raw, err := os.ReadFile(filepath.Join(dir, addrFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no server runs on %s, or it is not ready yet", dir)
	}
	if err != nil {
		return nil, err
	}
	var a address
	if err := json.Unmarshal(raw, &a); err != nil || a.URL == "" || a.ID == "" {
		return nil, fmt.Errorf("%s is damaged: start the server again", filepath.Join(dir, addrFile))
	}
	c := newClient(a.URL)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, c.base+"/assets/console.css", nil)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the server of %s does not answer: %w", dir, err)
	}
	if err := res.Body.Close(); err != nil {
		return nil, err
	}
	if res.Header.Get(idHeader) != a.ID {
		return nil, fmt.Errorf("no server runs on %s: at %s is another one", dir, a.URL)
	}
	return c, nil
}
