package client

import (
	"context"
	"time"
)

// Event is what a Feed tells its handler: Changes, Reset, Passing or Status.
type Event interface{ event() }

// Changes are durable changes in version order, each told once. Cursor is where to go on from after them: a program that
// stores it together with what it made of the changes can continue from there. Changes may be empty when only the cursor
// moved on, past what others may see.
type Changes struct {
	Cursor  string
	Changes []Change
}

// Reset replaces all that was known: at the start without a cursor, and when the server can't resume one.
type Reset struct{ Snapshot Snapshot }

// Passing are signs that are neither stored nor repeated: typing and presence. A sign that comes together with changes is
// told before them.
type Passing struct{ Signs []Ephemeral }

// Status tells how the feed is doing. It is for showing; nothing need be done about it.
type Status struct {
	State     FeedState
	Transport Kind          // in use or being tried, never Auto
	Auto      bool          // whether the automatic mode chose it
	RetryIn   time.Duration // with Reconnecting and Offline: the pause before the next try
	Err       error         // with Reconnecting and Offline: what went wrong
}

func (Changes) event() {}
func (Reset) event()   {}
func (Passing) event() {}
func (Status) event()  {}

// FeedState is how a feed is doing.
type FeedState int

// The states of a feed.
const (
	Connecting   FeedState = iota
	Live                   // connected; what happens is told at once (with Poll: at the next question)
	Reconnecting           // broken; a try follows after Status.RetryIn
	Offline                // several tries in a row got no connection; further ones follow
)

func (s FeedState) String() string {
	switch s {
	case Connecting:
		return "connecting"
	case Live:
		return "live"
	case Reconnecting:
		return "reconnecting"
	}
	return "offline"
}

// Handler takes events in the order in which they happened, one at a time. An error ends Run with that error; the Changes
// or Reset that it was returned for count as not handled.
type Handler func(ctx context.Context, e Event) error
