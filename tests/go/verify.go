// Verifies a running ledger with golang.org/x/mod/sumdb as it is: nothing of Assentry's own code takes part. What this
// adds is HTTP, the three lines of a C2SP checkpoint, and Go's tile/8/L/N under C2SP's name tile/L/N.
//
//	verify BASE_URL VERIFIER_KEY INDEX
//
// ASSENTRY_API_KEY is sent as a bearer token where it is set. One line per thing verified; exit status 1 at the first
// that does not hold.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var base string

func must(err error, what string) {
	if err != nil {
		fmt.Printf("FAILED %s: %v\n", what, err)
		os.Exit(1)
	}
}

func fetch(path string) ([]byte, error) {
	request, err := http.NewRequest("GET", base+path, nil)
	if err != nil {
		return nil, err
	}
	if key := os.Getenv("ASSENTRY_API_KEY"); key != "" {
		request.Header.Set("Authorization", "Bearer "+key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != 200 {
		err = fmt.Errorf("%s answered %d: %s", path, response.StatusCode, body)
	}
	return body, err
}

func hash(text string) (h tlog.Hash, err error) {
	bytes, err := hex.DecodeString(text)
	if err == nil && len(bytes) != tlog.HashSize {
		err = fmt.Errorf("%d bytes are no hash", len(bytes))
	}
	copy(h[:], bytes)
	return h, err
}

func hashes(texts []string) (all []tlog.Hash, err error) {
	for _, text := range texts {
		h, err := hash(text)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// The signed checkpoint: origin, size, base64 root.
func checkpoint(key string) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tree, err
	}
	body, err := fetch("/ledger/checkpoint")
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(body, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	copy(tree.Hash[:], root)
	return tree, err
}

type answer struct {
	LeafHash string `json:"leaf_hash"`
	FromRoot string `json:"from_root"`
	Hashes   []string
}

func proof(query string) (a answer, all []tlog.Hash, err error) {
	body, err := fetch("/v1/ledger/proofs?" + query)
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if err == nil {
		all, err = hashes(a.Hashes)
	}
	return a, all, err
}

type tiles struct{}

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		body, err := fetch("/ledger/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		data = append(data, body)
	}
	return data, nil
}

// The entry at an index, out of its bundle.
func entry(index, size int64) ([]byte, error) {
	tile := tlog.Tile{H: 8, L: 0, N: index / 256, W: 256}
	if left := size - tile.N*256; left < 256 {
		tile.W = int(left)
	}
	bundle, err := fetch("/ledger/tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/"))
	for at := int64(0); err == nil; at++ {
		if len(bundle) < 2 || len(bundle) < 2+int(bundle[0])<<8+int(bundle[1]) {
			return nil, fmt.Errorf("the bundle ends at entry %d", at)
		}
		end := 2 + int(bundle[0])<<8 + int(bundle[1])
		if at == index%256 {
			return bundle[2:end], nil
		}
		bundle = bundle[end:]
	}
	return nil, err
}

func main() {
	if len(os.Args) != 4 {
		fmt.Println("verify BASE_URL VERIFIER_KEY INDEX")
		os.Exit(2)
	}
	base = strings.TrimSuffix(os.Args[1], "/")
	index, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err, "index")

	tree, err := checkpoint(os.Args[2])
	must(err, "checkpoint")
	fmt.Printf("checkpoint %d\n", tree.N)

	inclusion, path, err := proof(fmt.Sprintf("index=%d&size=%d", index, tree.N))
	must(err, "inclusion")
	leaf, err := hash(inclusion.LeafHash)
	must(err, "leaf hash")
	must(tlog.CheckRecord(path, tree.N, tree.Hash, index, leaf), "tlog.CheckRecord")
	fmt.Printf("inclusion %d\n", index)

	reader := tlog.TileHashReader(tree, tiles{})
	stored, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	must(err, "tlog.TileHashReader")
	if stored[0] != leaf {
		must(fmt.Errorf("the tile says %s", stored[0]), "leaf hash in tile")
	}
	own, err := tlog.ProveRecord(tree.N, index, reader)
	must(err, "tlog.ProveRecord")
	must(tlog.CheckRecord(own, tree.N, tree.Hash, index, leaf), "tlog.CheckRecord from tiles")
	fmt.Printf("tiles %d\n", tree.N)

	body, err := entry(index, tree.N)
	must(err, "entry")
	if tlog.RecordHash(body) != leaf {
		must(fmt.Errorf("%d bytes hash to something else", len(body)), "entry")
	}
	fmt.Printf("entry %d\n", len(body))

	for _, from := range []int64{1, index + 1, (tree.N + 1) / 2, tree.N} {
		older, path, err := proof(fmt.Sprintf("from=%d&size=%d", from, tree.N))
		must(err, "consistency")
		root, err := hash(older.FromRoot)
		must(err, "older root")
		must(tlog.CheckTree(path, tree.N, tree.Hash, from, root), "tlog.CheckTree")
		computed, err := tlog.TreeHash(from, reader)
		must(err, "tlog.TreeHash")
		if computed != root {
			must(fmt.Errorf("tiles say %s", computed), "older root in tiles")
		}
		fmt.Printf("consistency %d\n", from)
	}
}
