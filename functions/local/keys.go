package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/all"
	"github.com/shiptide/shiptide/shared/webhook"
)

// webhookKeys is the environment variable with the keys of the sources:
// {"ups":["k1","k2"]}.
const webhookKeys = "WEBHOOK_KEYS"

// keyring is what the sources' deliveries are verified with.
type keyring struct {
	texts map[string][]string
	// development: there are no keys, so each source has a well-known one. That
	// is for this machine alone.
	development bool
}

// developmentKey is the well-known key of a source. TikTok Shop's is an app key with
// its secret.
func developmentKey(name string) string {
	if name == tiktok {
		return "local:local-tiktokshop"
	}
	return "local-" + name
}

// readKeyring reads WEBHOOK_KEYS; "" gives the development keys.
func readKeyring(setting string) (keyring, error) {
	names := sourceNames()
	if setting == "" {
		r := keyring{texts: map[string][]string{}, development: true}
		for _, name := range names {
			r.texts[name] = []string{developmentKey(name)}
		}
		return r, nil
	}
	r := keyring{}
	if err := json.Unmarshal([]byte(setting), &r.texts); err != nil {
		return keyring{}, errors.New(webhookKeys + ` is not of the form {"ups":["key","second key"]}`)
	}
	if len(r.texts) == 0 {
		return keyring{}, errors.New(webhookKeys + " holds no key: every push would be answered 404")
	}
	var errs []error
	for name, texts := range r.texts {
		if slices.Contains(texts, developmentKey(name)) {
			errs = append(errs, fmt.Errorf("%s: %s: the development key is known to everybody", webhookKeys, name))
		}
		if !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("%s: no source %q", webhookKeys, name))
		}
		if _, err := webhook.ParseKeys(texts...); err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", webhookKeys, name, err))
		}
		for i, text := range texts {
			if err := checkPair(name, text); err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: key %d: %w", webhookKeys, name, i+1, err))
			}
		}
	}
	return r, errors.Join(errs...)
}

// sources lists all sources with their keys.
func (r keyring) sources() []source.Source {
	return all.Sources(func(name string) source.Keys {
		keys, err := webhook.ParseKeys(r.texts[name]...)
		if err != nil { // readKeyring has refused them.
			return func(context.Context) (webhook.Keys, error) { return webhook.Keys{}, err }
		}
		return source.Fixed(keys)
	})
}

// has tells whether a source has a key that is not known to everybody.
func (r keyring) has(name string) bool { return !r.development && len(r.texts[name]) > 0 }

// keyed is has, in the form in which keys are asked for elsewhere.
func (r keyring) keyed(_ context.Context, name string) (bool, error) { return r.has(name), nil }

// useKeyring lets an app know which sources have keys, if it does not know better.
func (a *app) useKeyring(r keyring) {
	if a.keyed == nil {
		a.keyed = r.keyed
	}
}

// errPair says what a key of TikTok Shop is.
var errPair = errors.New("not of the form APPKEY:SECRET: both stand on the page of the app in Partner Center, and a colon goes between them")

// checkPair refuses a key that a source can do nothing with. The error names no
// part of it.
func checkPair(name, text string) error {
	keys, err := webhook.ParseKeys(text)
	if err == nil && name == tiktok && len(keys.Pairs) == 0 {
		return errPair
	}
	return nil // What else is wrong, others say.
}

// first returns a key that a source's samples are signed with.
func (r keyring) first(name string) (string, error) {
	texts := r.texts[name]
	if len(texts) == 0 {
		return "", fmt.Errorf("%s has no key for %s", webhookKeys, name)
	}
	return texts[0], nil
}

func sourceNames() []string {
	var names []string
	for _, s := range all.Unverified() {
		names = append(names, s.Name)
	}
	return names
}

// ownKeys are made at the first start and kept with the data. Whoever loses
// them loses the addresses of all recipients.
type ownKeys struct {
	Pepper []byte `json:"pepper"` // names recipients
	Page   []byte `json:"page"`   // signs links to pages
	Data   []byte `json:"data"`   // seals addresses
}

// loadKeys reads the keys of a data folder, or makes them.
func loadKeys(dir string) (ownKeys, error) {
	keys, err := readKeys(dir)
	if !errors.Is(err, os.ErrNotExist) {
		return keys, err
	}
	if _, err := os.Stat(filepath.Join(dir, dbFile)); errors.Is(err, os.ErrNotExist) {
		return makeKeys(dir)
	}
	return readKeys(dir) // Another process may have made both just now.
}

// keysFile in the data folder holds the keys of the recipients.
const keysFile = "keys.json"

// readKeys reads the keys of a data folder.
func readKeys(dir string) (ownKeys, error) {
	file := filepath.Join(dir, keysFile)
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return ownKeys{}, fmt.Errorf("%s is missing, and without it no recipient can be read: restore it, or bring that of the store that the data came from (%w)", file, os.ErrNotExist)
	}
	if err != nil {
		return ownKeys{}, err
	}
	var keys ownKeys
	if err := json.Unmarshal(raw, &keys); err != nil || len(keys.Pepper) == 0 || len(keys.Page) == 0 || len(keys.Data) == 0 {
		return ownKeys{}, fmt.Errorf("%s is damaged: restore it, since without it no recipient can be read", file)
	}
	return keys, nil
}

// makeKeys writes new keys whole or not at all; of two that do so at once one
// wins, and both use its keys.
func makeKeys(dir string) (ownKeys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ownKeys{}, err
	}
	keys := ownKeys{Pepper: random(32), Page: random(32), Data: random(32)}
	raw, err := json.Marshal(keys)
	if err != nil {
		return ownKeys{}, err
	}
	tmp, err := os.CreateTemp(dir, "keys-*") // Its mode is 0600.
	if err != nil {
		return ownKeys{}, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(raw)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return ownKeys{}, err
	}
	if err := os.Link(tmp.Name(), filepath.Join(dir, keysFile)); errors.Is(err, os.ErrExist) {
		return loadKeys(dir)
	} else if err != nil {
		return ownKeys{}, err
	}
	return keys, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // It never fails.
	return b
}

// loopback tells whether a listener's address can be reached from this machine
// only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
