// Package hl7 reads HL7 v2 messages (2.1 to 2.8, pipes and hats) and turns ADT messages into records: patients, stays,
// doctors, candidate relatives, merges.
//
// Parse and Decode work on one message and are what a live feed needs; Read goes through a file of messages in constant
// memory. The parser is lenient: it takes what real senders send and rejects only what would mislead. In HL7 a field
// that is left out is unchanged and one that holds "" is deleted, so the records are partial (care.Source) and name
// what was deleted in Cleared.
//
// Lines are counted as in an editor: CR, LF and CRLF each end one. Nothing here keeps state between calls, and a call
// starts no goroutines.
package hl7

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"kinward/internal/care"
	"kinward/internal/interop/unpack"
)

// MaxMessage is the longest message in bytes. Longer ones are rejected, not read; it leaves room for an embedded
// document, which we don't need either.
const MaxMessage = 16 << 20

// Options of Read and Decode.
type Options struct {
	// Name is what errors call the file.
	Name string
	// Location is where timestamps without an offset are from, unless MSH-7 has one. Nil is UTC.
	Location *time.Location
}

// Entry is one message. Reject and Ignored are exclusive; with neither, the records hold what the message says.
type Entry struct {
	Line      int    // where MSH stands, from 1
	ControlID string // MSH-10, "" if the sender gives none
	Type      string // "ADT"
	Event     string // "A01"
	Sent      *time.Time
	Source    care.Source

	Patient       *care.PatientRecord
	Stay          *care.StayRecord          // nil if the event isn't about a stay
	Practitioners []care.PractitionerRecord // the doctors that Stay names by a number
	Relatives     []care.RelativeRecord     // candidates: they give no access
	Merges        []care.MergeRecord        // Patient is the survivor of the first

	Reject  *care.Reject
	Ignored bool     // a message that we have no use for
	Notes   []string // what was left out, and why
}

// Read calls fn with each message of r, in the order of the file. It returns fn's error unchanged and stops, ends
// with ctx's error, and otherwise fails only when r does: whatever is wrong with the content is a Reject.
func Read(ctx context.Context, r io.Reader, opt Options, fn func(Entry) error) error {
	s, err := newSplitter(ctx, r)
	if err != nil {
		return fmt.Errorf("read %s: %w", opt.Name, err)
	}
	for {
		raw, line, err := s.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, unpack.ErrDamaged), errors.Is(err, errLong), errors.Is(err, errOrphan):
			if err := fn(rejected(line, err)); err != nil {
				return err
			}
			continue
		case err != nil:
			return fmt.Errorf("read %s: %w", opt.Name, err)
		}
		if err := fn(decodeAt(line, raw, opt)); err != nil {
			return err
		}
	}
}

func rejected(line int, err error) Entry {
	return Entry{Line: line, Reject: &care.Reject{Line: line, Reason: err.Error()}}
}

func decodeAt(line int, raw []byte, opt Options) Entry {
	m, err := Parse(raw)
	if err != nil {
		return rejected(line, err)
	}
	e := Decode(m, opt)
	e.Line = line
	if e.Reject != nil {
		e.Reject.Line = line
	}
	return e
}
