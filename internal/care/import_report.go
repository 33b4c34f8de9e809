package care

import (
	"cmp"
	"slices"
)

// maxListed bounds how many rejects and how many warnings a report lists; all are counted.
const maxListed = 1000

// maxReason bounds what a reason quotes of the row.
const maxReason = 500

// Report is what became of an import's rows. Each row is counted once: as added when anything in it was new, as changed
// when only something that was there is different now.
type Report struct {
	Added     int       `json:"added"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Rejected  int       `json:"rejected"`
	Ignored   int       `json:"ignored"` // rows that we have no use for
	Warned    int       `json:"warned"`  // what was left out of rows that were taken
	Rejects   []Finding `json:"rejects"`
	Warnings  []Finding `json:"warnings"`
	DryRun    bool      `json:"dry_run,omitempty"`
}

// Finding is what is wrong with a row. Rejects and warnings are listed by file and line, the first maxListed of them.
type Finding struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	file   int    // place of the file on the command line
}

// outcome is what became of a row.
type outcome int

const (
	unchanged outcome = iota
	changed
	added
	ignored
	rejected
	uncounted // a row that is read a second time, for what it said of others
)

// verdict is a row's outcome with what there is to say about it.
type verdict struct {
	row      *Row
	outcome  outcome
	reason   string
	warnings []string
}

func (r *Report) add(v verdict) {
	switch v.outcome {
	case added:
		r.Added++
	case changed:
		r.Changed++
	case unchanged:
		r.Unchanged++
	case ignored:
		r.Ignored++
	case rejected:
		r.Rejected++
		r.Rejects = list(r.Rejects, v.row, v.reason)
	case uncounted:
	}
	for _, w := range v.warnings {
		r.Warned++
		r.Warnings = list(r.Warnings, v.row, w)
	}
}

// list keeps what is certain to be among the first, as the passes over a file find them out of order.
func list(all []Finding, row *Row, reason string) []Finding {
	all = append(all, Finding{File: row.File, Line: row.Line, Reason: oneLine(reason, maxReason), file: row.FileNumber})
	if len(all) >= 2*maxListed {
		all = firstFindings(all)
	}
	return all
}

func firstFindings(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.Line, b.Line))
	})
	return all[:min(len(all), maxListed)]
}

// finished is the report in the order in which it is read, with lists that are never nil.
func (r Report) finished() Report {
	r.Rejects = append([]Finding{}, firstFindings(r.Rejects)...)
	r.Warnings = append([]Finding{}, firstFindings(r.Warnings)...)
	return r
}
