/*
 * Journal, bus and subscription, small enough to be searched to the end. README.md beside this file tells what is modelled,
 * what is left out and how to run it; the names are those of internal/feed.
 *
 * One atomic or d_step block is one thing that nobody can look into: a transaction of the database, or what the code does
 * under Hub.mu or Subscription.mu. Where the code lets go of the lock the block ends, and the others may run.
 *
 * Each #ifdef takes one precaution away; a property must fail then.
 */

#ifndef VERSIONS
#define VERSIONS 4 /* changes committed, by both nodes together; at most 7, for seen */
#endif
#ifndef QUEUE
#define QUEUE 2    /* queueBytes, in events */
#endif
#ifndef LIMIT
#define LIMIT 1    /* of a page; with 1, few versions are enough for pages with more behind them */
#endif
#ifndef BREAKS
#define BREAKS 1   /* how often the client breaks off and comes back */
#endif
#define NODES 2
#define NOWHERE NODES

/* What a version is about. The client is always in one conversation, the steady one. In the group it is a member and may be
   removed, or it is none and may be added; that is the change. */
mtype = { steady, group, change };

/* The database. */
byte head;                /* the head row */
mtype kind[VERSIONS + 1]; /* of each version; 0 until it is committed */
bool member;              /* whether the client is in the group */
byte changedAt;           /* the version of the change, 0 until then */

/* The nodes: a Journal and a Hub each, and the hints on their way to them. */
chan tasks[NODES] = [1] of { byte, byte }; /* Journal.tasks: base and head of a Commit */
byte known[NODES];        /* the head that the journal has last seen */
byte unanswered[NODES];   /* entries that are stored and not acknowledged */
byte hints[NODES];
byte hubHead[NODES];      /* Hub.head */
mtype = { outside, inside };
mtype audience[NODES];    /* Hub.audience of the group: whether the client is in it; 0 when it is not loaded */
bool fresh[NODES];        /* no audience was forgotten since the slow load began */

/* The client's Subscription. */
byte at = NOWHERE;        /* the node that it is registered with */
bool ready;               /* wake was called */
bool behind;
byte position;
chan queue = [QUEUE] of { byte };
chan page = [LIMIT] of { byte };

/* The client. */
byte cursor;
byte seen;                /* a bit for each version that it was told */
bool quiet;               /* all is done, and Monitor was content */

hidden byte v;            /* for loops inside one block */

/* What Since lists for the client now. One's own place is told even when it is lost; somebody new may read what was before. */
#define MAY_SEE(v) (kind[v] == steady || kind[v] == change || kind[v] == group && member)
/* What must have been told when the cursor is at v. What was in the group before an addition comes with its history. */
#define MUST_SEE(v) (kind[v] == steady || kind[v] == change || kind[v] == group && member && v > changedAt)
/* The change is among the versions of a commit. */
#define TOUCHED(base, last) (changedAt > base && changedAt <= last)
#define MAX(a, b) (a > b -> a : b)

inline dropQueue() {
	do
	:: len(queue) > 0 -> queue?_
	:: else -> break
	od
}

/* Subscription.reread, if the client is at this node. */
inline reread(n) {
	if
	:: at == n -> dropQueue(); behind = true; ready = true
	:: else
	fi
}

/* Subscription.push. */
inline push(n, e) {
	if
	:: at != n || behind
	:: else ->
		if
		:: len(queue) < QUEUE -> queue!e
		:: else -> dropQueue();
#ifndef NO_OVERFLOW_REREAD
			behind = true
#endif
		fi;
#ifndef NO_WAKE
		ready = true
#endif
	fi
}

/* The journal's entries are about anything; the group changes once at most. */
inline write(e) {
	if
	:: kind[e] = steady
	:: kind[e] = group
	:: changedAt == 0 -> kind[e] = change; changedAt = e; member = !member
	fi
}

/* An entry's done callback with a nil error. */
inline acknowledge(n, entries) {
	assert(unanswered[n] >= entries); /* (3) only what is committed is acknowledged */
	unanswered[n] = unanswered[n] - entries
}

#ifdef NO_HEAD_LOCK
byte claimed; /* versions come from a counter that does not wait for the commit before */
#endif

/* Journal.commitUntil: Store.Commit, and Journal.peek after a hint or a tick. A peek that finds nothing new changes nothing,
   so only the others are here. */
proctype Journal(byte n) {
	byte base, last;
	do
#ifdef NO_HEAD_LOCK
	:: d_step { claimed < VERSIONS -> base = claimed; claimed++; last = claimed }
		atomic { write(last); head = MAX(head, last); known[n] = MAX(known[n], last); unanswered[n]++ }
		tasks[n]!base, last; d_step { base = 0; last = 0 }
#else
	:: atomic { head < VERSIONS -> /* from here to the commit the head row is locked */
		base = head; head++; write(head);
		if
		:: head < VERSIONS -> head++; write(head)
		:: true
		fi;
		last = head; known[n] = head;
#ifdef ACK_BEFORE_COMMIT
		acknowledge(n, last - base);
#endif
		unanswered[n] = unanswered[n] + last - base }
		tasks[n]!base, last; d_step { base = 0; last = 0 }
#endif
	:: d_step { hints[n] > 0 -> hints[n]--; last = head }
		if
		:: d_step { last > known[n] -> known[n] = last }; tasks[n]!last, last
		:: else
		fi; last = 0
#ifndef NO_TICK
	:: d_step { head > known[n] -> known[n] = head; last = head }
		tasks[n]!last, last; last = 0
#endif
	od
}

inline forget(n) { audience[n] = 0; fresh[n] = false }

/* Journal.deliver: Hub.Publish, the answers, the hint. */
proctype Deliver(byte n) {
	byte base, last;
	bool foreign, load;
	mtype found;
	do
	:: atomic { tasks[n]?base, last;
#ifndef IGNORE_FOREIGN
		foreign = base > hubHead[n];
#endif
		for (v : base + 1 .. last) { load = load || kind[v] != steady }
#ifndef KEEP_AUDIENCE
		if
		:: TOUCHED(base, last) -> forget(n)
		:: else
		fi;
#endif
		if
		:: at != n -> load = false; forget(n) /* nobody is connected here */
		:: foreign -> forget(n)
		:: !foreign                           /* or others are */
		fi }
		if
		:: atomic { load && audience[n] == 0 -> found = (member -> inside : outside) }; /* Store.Audiences */
			d_step { audience[n] = found; found = 0 }
		:: else
		fi;
#ifdef HEAD_BEFORE_TELL
		hubHead[n] = MAX(hubHead[n], last);
#endif
		d_step {
			hubHead[n] = MAX(hubHead[n], last);
			if
			:: foreign -> reread(n)
			:: else -> /* Hub.tell */
				if
				:: TOUCHED(base, last) && audience[n] == inside -> reread(n)
				:: else
				fi;
#ifndef NO_WOKEN
				if
				:: TOUCHED(base, last) -> reread(n)
				:: else
				fi;
#endif
				for (v : base + 1 .. last) {
					if
					:: kind[v] == steady || kind[v] == group && audience[n] == inside -> push(n, v)
					:: else
					fi
				}
			fi;
			foreign = false; load = false
		}
		if
		:: last > base ->
			atomic {
				assert(hubHead[n] >= last); /* published before it is acknowledged */
#ifndef ACK_BEFORE_COMMIT
				acknowledge(n, last - base)
#endif
			}
			if /* the bus doubles a hint, carries it, or loses it */
			:: hints[1 - n] == 0 -> hints[1 - n] = 2
			:: hints[1 - n] <= 1 -> hints[1 - n]++
			:: true
			fi
		:: else
		fi; d_step { base = 0; last = 0 }
	od
}

/* Hub.load for Typing and announce: on other goroutines than Publish, and without its order. */
proctype Announce(byte n) {
	mtype found;
	do
	:: d_step { audience[n] == 0 -> fresh[n] = true; found = (member -> inside : outside) }
		d_step {
			if
#ifdef STALE_LOAD
			:: true -> audience[n] = found
#else
			:: fresh[n] -> audience[n] = found
			:: else
#endif
			fi; found = 0; fresh[n] = false }
	od
}

/* A page has arrived. */
inline receive() {
	do
	:: len(page) > 0 -> page?v;
		assert(seen >> v == 0);                                            /* (1) in order, and none twice */
		assert(!(kind[v] == group && !member && v > changedAt)); /* (4) nothing newer than the removal */
		seen = seen | (1 << v)
	:: else -> break
	od;
	cursor = position;
	for (v : 1 .. cursor) { assert(!MUST_SEE(v) || seen & (1 << v)) }          /* (1) no hole */
}
