package hl7

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

// errDamaged is the end of a compressed file that doesn't unpack to its end.
var errDamaged = errors.New("the compressed file is damaged or cut off here")

// unpacked is the file's text: unzipped if it is gzipped, in UTF-8 if it is UTF-16 and says so. Other character sets
// are each message's own affair.
func unpacked(ctx context.Context, r io.Reader) (*bufio.Reader, error) {
	plain := bufio.NewReader(cancellable{ctx, r})
	magic, err := plain.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		plain = bufio.NewReader(&unpacker{packed: plain})
	}
	if mark, _ := plain.Peek(2); bytes.Equal(mark, []byte{0xff, 0xfe}) || bytes.Equal(mark, []byte{0xfe, 0xff}) {
		utf16 := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
		plain = bufio.NewReader(utf16.NewDecoder().Reader(plain))
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

// unpacker reads gzip and tells damage to the data (errDamaged) from a failing reader.
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
		u.err = errDamaged
	}
	return n, u.err
}
