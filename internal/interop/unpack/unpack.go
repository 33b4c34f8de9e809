// Package unpack opens what hospitals hand over: plain or gzipped, in UTF-8 or in the UTF-16 that Windows shells write. The
// decoders of fhir and hl7 read through it. It holds no goroutine, and reads no more ahead than its buffer.
package unpack

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
)

// ErrDamaged is the end of a compressed file that doesn't unpack to its end. What came before it was good.
var ErrDamaged = errors.New("the compressed file is damaged or cut off here")

// Reader reads r unpacked, with a buffer of so many bytes. Reading fails when ctx ends. A byte order mark of UTF-8 is left
// in place.
func Reader(ctx context.Context, r io.Reader, buffer int) (*bufio.Reader, error) {
	packed := bufio.NewReader(cancellable{ctx, r})
	magic, err := packed.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	r = packed
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		r = &unpacker{packed: packed}
	}
	plain := bufio.NewReaderSize(r, buffer)
	if mark, _ := plain.Peek(2); bytes.Equal(mark, []byte{0xff, 0xfe}) || bytes.Equal(mark, []byte{0xfe, 0xff}) {
		utf16 := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
		plain = bufio.NewReaderSize(utf16.NewDecoder().Reader(plain), buffer)
	}
	return plain, nil
}

// cancellable ends a read when its context does.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// unpacker reads gzip and tells damage to the data (ErrDamaged) from a failing reader.
type unpacker struct {
	packed io.Reader
	zip    *gzip.Reader
	err    error // sticky
}

func (u *unpacker) Read(p []byte) (n int, err error) {
	if u.zip == nil && u.err == nil {
		u.zip, u.err = gzip.NewReader(u.packed)
	}
	if u.err == nil {
		n, u.err = u.zip.Read(p)
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](u.err)
	if corrupt || errors.Is(u.err, io.ErrUnexpectedEOF) || errors.Is(u.err, gzip.ErrHeader) ||
		errors.Is(u.err, gzip.ErrChecksum) {
		u.err = ErrDamaged
	}
	return n, u.err
}
