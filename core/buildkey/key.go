package buildkey

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
)

// encoding is the version of the encoding below.
const encoding = 2

// A Key stands for all that goes into a build: 64 hexadecimal digits.
type Key string

// Short returns the first twelve digits, for people.
func (k Key) Short() string { return string(k[:min(12, len(k))]) }

// Compute hashes facts.
func Compute(f Facts) Key {
	e := encoder{sha256.New()}
	e.number(encoding)
	e.texts(f.Strategy, f.Version, f.Plugin, canonical(f.Config), f.Platform)
	e.number(uint64(f.Epoch))
	e.texts(sourcesText(f.Sources), f.Fingerprint)
	e.table(f.Args, func(string) bool { return false })
	e.table(f.Labels, volatile)
	e.rows(rows(f.Files, func(x File) []string { return []string{x.Path, x.Mode, x.Link, x.Digest} }))
	e.rows(rows(f.URLs, func(x URL) []string { return []string{x.URL, x.ETag} }))
	e.rows(rows(f.Images, func(x ImageIdentity) []string { return []string{x.Reference, x.Identity, x.use()} }))
	return e.key()
}

// Index returns the key of an index from the keys of its platforms.
func Index(platforms map[string]Key) Key {
	e := encoder{sha256.New()}
	e.number(encoding)
	table := map[string]string{}
	for p, k := range platforms {
		table[p] = string(k)
	}
	e.table(table, func(string) bool { return false })
	return e.key()
}

// An encoder writes parts into a hash, each after its length.
type encoder struct{ hash.Hash }

func (e encoder) number(n uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	_, _ = e.Write(b[:]) // a hash never fails
}

func (e encoder) texts(ss ...string) {
	for _, s := range ss {
		e.number(uint64(len(s)))
		_, _ = io.WriteString(e, s)
	}
}

func (e encoder) table(m map[string]string, skip func(string) bool) {
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(m)), skip)
	e.number(uint64(len(keys)))
	for _, k := range keys {
		e.texts(k, m[k])
	}
}

func (e encoder) rows(rows [][]string) {
	e.number(uint64(len(rows)))
	for _, r := range rows {
		e.texts(r...)
	}
}

func (e encoder) key() Key { return Key(hex.EncodeToString(e.Sum(nil))) }

// rows makes a set of its items: in one order, each once.
func rows[T any](items []T, row func(T) []string) [][]string {
	out := make([][]string, len(items))
	for i, item := range items {
		out[i] = row(item)
	}
	slices.SortFunc(out, slices.Compare)
	return slices.CompactFunc(out, slices.Equal)
}

// canonical returns JSON in one form: without spaces, with sorted keys and
// numbers as written. What is not JSON stands for itself.
func canonical(raw json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return string(raw)
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("buildkey: marshalling decoded JSON: %v", err))
	}
	return string(b)
}
