// Package fhir reads patients, relatives, staff, stays and care teams from FHIR R4 files, and tolerates R5.
//
// A file is NDJSON, a JSON resource, an array of resources, or a Bundle, plain or gzipped; the content decides, not the
// name. It is read once, front to back, in constant memory: a row or Bundle entry may have MaxRow bytes, a Bundle any
// number of entries.
//
// One bad row never costs the others, unless its brackets don't match inside a Bundle: what follows can't be told apart
// then, and the Reject says that it wasn't read. A row that can't be read, or whose identity, birth date or end can't,
// becomes a Reject with its line; a detail that can't be read is left out and named in Notes. References are turned
// into keys (care.Ref) and not looked up, since they may point forward: read the file once per kind of resource
// (Options.Want makes the others cheap).
//
// Nothing here keeps state between calls, and a call starts no goroutines.
package fhir

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kinward/internal/care"
)

// MaxRow is the longest NDJSON line, Bundle entry or resource in bytes. Longer ones are rejected, not read; it leaves
// room for a portrait or two inside a resource.
const MaxRow = 16 << 20

// Options of Read.
type Options struct {
	// Name is what errors call the file.
	Name string
	// Want selects resource types; others are skipped without being decoded and make no entry. It is asked with "" for
	// rows whose type can't be told, so that only one of several passes reports them. Nil wants everything.
	Want func(resourceType string) bool
}

// Entry is one row: exactly one of Record, Reject and Ignored is set.
type Entry struct {
	Line int    // where the row begins, from 1
	Type string // resource type, "" when it can't be told
	// Record is a *care.PatientRecord, *care.RelativeRecord, *care.PractitionerRecord, *care.RoleRecord,
	// *care.StayRecord, *care.CareTeamRecord, *care.LocationRecord or *care.OrganizationRecord.
	Record  any
	Reject  *care.Reject
	Ignored bool     // a resource that we have no use for
	Notes   []string // what was left out of Record, and why
}

// Read calls fn with each entry of r, in the order of the file. It returns fn's error unchanged and stops, ends
// with ctx's error, and otherwise fails only when r does: whatever is wrong with the content is a Reject.
//
// A contained resource that its parent refers to is an entry of its own, just before the parent's.
func Read(ctx context.Context, r io.Reader, opt Options, fn func(Entry) error) error {
	src, err := open(ctx, r)
	if err != nil {
		return fmt.Errorf("read %s: %w", opt.Name, err)
	}
	f := &file{src: src, want: opt.Want, fn: fn}
	if f.want == nil {
		f.want = func(string) bool { return true }
	}
	err = f.read()
	if stop, ok := errors.AsType[*stopped](err); ok {
		return stop.err
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", opt.Name, err)
	}
	return nil
}

// stopped carries fn's own error through the reader untouched.
type stopped struct{ err error }

func (s *stopped) Error() string { return "stopped by the caller: " + s.err.Error() }

// file is one Read under way.
type file struct {
	src  *source
	want func(string) bool
	fn   func(Entry) error

	lines bool   // a whole resource stood on one line: this is NDJSON, where a newline ends whatever is open
	depth int    // of Bundles within Bundles
	row   []byte // the row or entry under way, reused
	doc   []byte // the document around the entries, reused
}

func (f *file) emit(e Entry) error {
	if err := f.fn(e); err != nil {
		return &stopped{err}
	}
	return nil
}

// reject reports a row of the given type ("" when it can't be told) unless another pass does.
func (f *file) reject(line int, resourceType, format string, args ...any) error {
	if !f.want(resourceType) {
		return nil
	}
	return f.emit(Entry{Line: line, Type: resourceType, Reject: &care.Reject{Line: line, Reason: fmt.Sprintf(format, args...)}})
}
