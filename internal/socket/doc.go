// Package socket is the server's side of one WebSocket connection (RFC 6455), made so that ten thousand idle ones are
// cheap and one encoded frame can be written to thousands. It knows text messages and close codes, nothing of what
// the messages say. Compression is not offered.
//
// # Life of a connection
//
// [Upgrade] answers the handshake and takes the connection from net/http. The handler must then return, which frees
// net/http's buffers, and [Conn.Serve] must run on a goroutine that the caller owns, with a context that is not the
// request's (net/http cancels that one). Serve must be called even if the connection is no longer wanted, after
// [Conn.Close]: only Serve releases it. http.Server.Shutdown doesn't know these connections: ending Serve's context
// and waiting for Serve is the caller's part. Who counts them in a WaitGroup does so before Upgrade.
//
// # Concurrency
//
// An idle connection has one goroutine, Serve's, which waits in a read, and no buffer. For each burst of frames Serve
// starts another goroutine, which calls handle, and waits for it. [Conn.Wake] starts one that writes until [Source]
// has nothing more; never two of one connection at a time. When Serve returns, none of them runs any more.
//
// Wake and Close may be called from any goroutine, before and after Serve too, and while holding locks: they take no
// lock that is held during a read, a write, a Fill or a call of handle.
//
// # Order
//
// Frames are written in the order in which Fill gave them. Messages reach handle in the order sent, one at a time,
// and the next is read when handle has returned. Pongs and pings go out between batches of frames, the close frame
// last. A Wake after adding to the source is never lost: Fill is called, or called again, after it.
//
// A client that reads slowly holds up its own flusher only; [ErrSlow] ends the connection when one write takes longer
// than the write timeout. The queue behind Fill is the caller's and so is its bound.
//
// # Memory
//
// An idle connection takes 3.5 KiB of heap and stack and 4.5 KiB of resident memory, 3.8 and 5 after its first
// message, whatever handle does: see BenchmarkIdle. That counts on Serve's goroutine keeping its first 2 KiB of
// stack. So it should be a fresh one that does nothing but Serve, within some 250 bytes of frames above it; otherwise
// add 2 KiB. TLS in this process adds about 10 KiB.
package socket
