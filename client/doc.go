// Package client is the Go SDK of Kinward: the HTTP API as methods of Client, the feed over any of four transports as
// Feed, reliable sending as Outbox, and State and Transcript, which turn what the feed says into something to show.
//
// Feed calls its handler from one goroutine, in version order, each change once, whatever the transport does and however
// often it is switched. The cursor is the whole memory of a feed: a program that stores the cursor together with what
// the handler made of a page continues after a crash without loss or repetition.
//
// Outbox gives each message its id before the first try and repeats it under the same id until the server has answered,
// so that an answer lost on the way never makes a second message.
//
// Client is safe for concurrent use. Feed and Outbox each have a Run that the caller starts, that owns every goroutine of
// theirs and that has none left when it returns. Nothing here logs message text, names or tokens.
package client
