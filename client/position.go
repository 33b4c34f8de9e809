package client

import (
	"strconv"
	"strings"
)

// position is how far a feed has been handled. The cursor is the server's word and is only handed back; the version in it
// is read to recognise what was told before, after a switch of transport say.
type position struct {
	cursor  string
	epoch   string
	version int64
}

func positionOf(cursor string) position {
	epoch, digits, _ := strings.Cut(cursor, ".")
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return position{cursor: cursor}
	}
	return position{cursor: cursor, epoch: epoch, version: v}
}

// foreign reports whether cursor counts in another database than p does.
func (p position) foreign(cursor string) bool {
	return p.epoch != "" && cursor != "" && positionOf(cursor).epoch != p.epoch
}

// fresh are those of changes that p doesn't cover. Changes of one version stay together, since a page never cuts between
// them.
func (p position) fresh(changes []Change) []Change {
	n := 0
	for n < len(changes) && changes[n].Version <= p.version {
		n++
	}
	return changes[n:]
}

// after is the position once the changes up to cursor have been handled; it never goes back.
func (p position) after(cursor string, changes []Change) position {
	next := positionOf(cursor)
	known := next.epoch != "" && next.epoch == p.epoch
	switch {
	case cursor == "", known && next.version < p.version:
		next = p
	case next.epoch == "": // a cursor in a form that we can't read still is the one to hand back
		next.version = p.version
	}
	if n := len(changes); n > 0 {
		next.version = max(next.version, changes[n-1].Version)
	}
	return next
}
