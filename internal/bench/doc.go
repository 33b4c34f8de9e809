// Package bench loads a running Kinward server and measures it from outside: through the public contract only, over real
// sockets, as many clients would.
//
// It is made to be lean, since generator and server often share a machine: one goroutine a connection, frames parsed where
// they were read, sends patched into a frame that is encoded once. It is made to be strict as well: every message is
// compared with what was sent, byte for byte, and must come once, in order and without holes. A run whose messages weren't
// right returns its faults beside its figures.
//
// Each work (pairs, rate, idle …) is a function that takes a [Target] and returns a [Result]. It owns the goroutines it
// starts and waits for them. Nothing here limits itself to loopback; [Check] does that for the command.
package bench
