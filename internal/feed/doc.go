// Package feed is the idea of Kinward in code: one journal, one feed, any transport.
//
// The Journal is the one writer. It collects what has arrived, has the store apply it in one transaction, and acknowledges
// after the commit. The Hub tells live subscriptions what was committed. A Subscription is one device's reading of its
// person's feed: it registers first, reads the gap from the database, then goes on live by version, so that there is
// neither hole nor duplicate.
//
// Promises. Order: entries reach a subscription in version order, each once. Blocking: publishing never waits for a reader;
// a reader whose queue is full loses the queue and reads again from its position. Acknowledgement: an entry's done callback
// runs after the commit and after its publication. Nothing is sent twice on one subscription; nothing that is committed is
// left out while the reader may see it.
//
// What the caller owes: run Journal.Run and Hub.Run, stop submitting before stopping the journal, close every Subscription.
// Tests are beside the code (testing/synctest over an in-memory store) and in internal/store (the real one).
package feed
