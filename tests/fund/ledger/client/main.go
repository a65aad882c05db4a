// Reads the log as a stranger would, with the Go checksum database's own client code, and none of ours:
// signature, every tile, every entry's inclusion, consistency with an older checkpoint, a proof in a file.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func get(address string) []byte {
	answer, err := http.Get(address)
	must(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		must(fmt.Errorf("%s: %s", address, answer.Status))
	}
	content, err := io.ReadAll(answer.Body)
	must(err)
	return content
}

type reader struct{ log string }

// path is tlog's own, without the height that C2SP tlog-tiles leaves out.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
}

func (r reader) Height() int { return height }

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(tiles))
	for i, tile := range tiles {
		found[i] = get(r.log + path(tile))
	}
	return found, nil
}

func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

func head(text []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		must(fmt.Errorf("origin %s", lines[0]))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

func entries(log string, size int64) []tlog.Hash {
	var found []tlog.Hash
	for n := int64(0); n*256 < size; n++ {
		width := int(size - n*256)
		if width > 256 {
			width = 256
		}
		address := strings.Replace(path(tlog.Tile{H: height, L: 0, N: n, W: width}), "tile/0/", "tile/entries/", 1)
		bundle := get(log + address)
		for len(bundle) > 0 {
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			found = append(found, tlog.RecordHash(bundle[2:length]))
			bundle = bundle[length:]
		}
	}
	return found
}

func checkProof(text string, verifier note.Verifier) {
	before, checkpoint, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(before, "\n")
	leaf, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	must(err)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	must(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, hash)
	}
	tree := head([]byte(checkpoint), verifier)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
}

func main() {
	log, olderFile, proofFile := os.Args[1], os.Args[3], os.Args[4]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	newest := head(get(log+"checkpoint"), verifier)
	hashes := tlog.TileHashReader(newest, reader{log})
	for n, leaf := range entries(log, newest.N) {
		proof, err := tlog.ProveRecord(newest.N, int64(n), hashes)
		must(err)
		must(tlog.CheckRecord(proof, newest.N, newest.Hash, int64(n), leaf))
	}
	text, err := os.ReadFile(olderFile)
	must(err)
	older := head(text, verifier)
	consistency, err := tlog.ProveTree(newest.N, older.N, hashes)
	must(err)
	must(tlog.CheckTree(consistency, newest.N, newest.Hash, older.N, older.Hash))
	text, err = os.ReadFile(proofFile)
	must(err)
	checkProof(string(text), verifier)
	fmt.Printf("%d entries, consistent with %d\n", newest.N, older.N)
}
