// Verifies the ledger's side of an evidence bundle with golang.org/x/mod/sumdb alone: the checkpoint's signature, and
// that every event's and receipt's leaf is below it. Arguments: the bundle, the log's verifier key (pinned elsewhere).
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type line struct {
	Event   struct{ Commit string }
	Receipt struct {
		Index int64
		Link  string
	}
	Proof []string
}

type bundle struct {
	Checkpoint         string
	Events             []line
	OrganizationEvents []line `json:"organization_events"`
	Receipts           []struct {
		Index int64
		Leaf  string
		Proof []string
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func bytesOf(text string) []byte {
	bytes, err := hex.DecodeString(text)
	must(err)
	return bytes
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var b bundle
	must(json.Unmarshal(text, &b))

	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	opened, err := note.Open([]byte(b.Checkpoint), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var root tlog.Hash
	copy(root[:], rootBytes)

	leaves := 0
	check := func(leaf []byte, index int64, proof []string) {
		var path tlog.RecordProof
		for _, text := range proof {
			var hash tlog.Hash
			copy(hash[:], bytesOf(text))
			path = append(path, hash)
		}
		must(tlog.CheckRecord(path, size, root, index, tlog.RecordHash(leaf)))
		leaves++
	}
	for _, l := range append(b.Events, b.OrganizationEvents...) {
		leaf := append([]byte{0xA5, 0x01}, bytesOf(l.Event.Commit)...)
		check(append(leaf, bytesOf(l.Receipt.Link)...), l.Receipt.Index, l.Proof)
	}
	for _, r := range b.Receipts {
		check([]byte(r.Leaf), r.Index, r.Proof)
	}
	fmt.Printf("%d leaves below the checkpoint of %d\n", leaves, size)
}
