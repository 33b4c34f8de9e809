package bundle

import (
	"bytes"
	"maps"
	"path"

	"github.com/andybalholm/brotli"

	"kinward/web/internal/deflate"
)

// Compress adds to files what travels in their place: name.br and name.gz, where that is smaller.
func Compress(files map[string][]byte) (map[string][]byte, error) {
	all := maps.Clone(files)
	for name, content := range files {
		if path.Ext(name) == ".png" || name == "build.json" {
			continue
		}
		small := deflate.Gzip(content)
		smaller, err := brotlied(content)
		if err != nil {
			return nil, err
		}
		if len(small) < len(content) {
			all[name+".gz"] = small
		}
		if len(smaller) < len(content) {
			all[name+".br"] = smaller
		}
	}
	return all, nil
}

func brotlied(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
