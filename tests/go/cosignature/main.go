// Verifies a cosigned checkpoint by the text of C2SP tlog-cosignature (cosignature/v1), with golang.org/x/mod/sumdb/note
// parsing the note and crypto/ed25519 checking. Arguments: the note's file, the log's verifier key, the witness's.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// "The algorithm byte for timestamped Ed25519 witness cosignatures is 0x04."
const algorithm = 0x04

// A note.Verifier of witness cosignatures. seconds is the time of the last one that verified.
type witness struct {
	name    string
	hash    uint32
	key     ed25519.PublicKey
	seconds uint64
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

// "The signature is 72 bytes: a big-endian uint64 timestamp, and the Ed25519 signature of the message": a header line,
// "time " and the decimal timestamp, and the whole note body.
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	w.seconds = binary.BigEndian.Uint64(sig)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", w.seconds, msg)
	return ed25519.Verify(w.key, []byte(message), sig[8:])
}

func newWitness(text string) (*witness, error) {
	name, rest, _ := strings.Cut(text, "+")
	hashText, keyText, ok := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(keyText)
	if !ok || err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != algorithm {
		return nil, errors.New("this is no verifier key of a witness")
	}
	id := sha256.Sum256(bytes.Join([][]byte{[]byte(name), key}, []byte("\n")))
	hash := binary.BigEndian.Uint32(id[:4])
	if fmt.Sprintf("%08x", hash) != hashText {
		return nil, errors.New("the key's hash is not its own")
	}
	return &witness{name: name, hash: hash, key: key[1:]}, nil
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	must(err)
	logKey, err := note.NewVerifier(os.Args[2])
	must(err)
	seen, err := newWitness(os.Args[3])
	must(err)
	opened, err := note.Open(text, note.VerifierList(logKey, seen))
	must(err)
	for _, sig := range opened.Sigs {
		if sig.Name == seen.name && sig.Hash == seen.hash {
			fmt.Printf("cosigned at %d\n", seen.seconds)
			return
		}
	}
	log.Fatal("the witness did not cosign this")
}
