/*
 * Journal, bus and subscription, small enough to be searched to the end. README.md beside this file tells what is modelled,
 * what is left out and how to run it; the names are those of internal/feed.
 *
 * One atomic or d_step block is one thing that nobody can look into: a transaction of the database, or what the code does
 * under Hub.mu or Subscription.mu. Where the code lets go of a lock the block ends, and the others may run. A few blocks are
 * longer than a lock, where what others could do in between comes to the same as doing it before or after.
 *
 * Each #ifdef named in the README's table takes one precaution away; a property must fail then.
 */

#ifndef VERSIONS
#define VERSIONS 3 /* changes committed, by both nodes together */
#endif
#ifndef QUEUE
#define QUEUE 2    /* queueBytes, in events */
#endif
#ifndef LIMIT
#define LIMIT 1    /* of a page; with 1, few versions are enough for pages that have more behind them */
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

/* The nodes: a Journal and a Hub each. */
chan tasks[NODES] = [0] of { byte, byte }; /* Journal.tasks: base and head of a Commit */
byte known[NODES];        /* the head that the journal has last seen */
byte unanswered[NODES];   /* entries that are stored and not acknowledged */
bool hint[NODES];         /* one is on its way from the other node */
byte hubHead[NODES];      /* Hub.head */
mtype = { outside, inside };
mtype audience[NODES];    /* Hub.audience of the group: whether the client is in it; 0 when it is not loaded */
bool fresh;               /* no audience was forgotten since Announce began to load one */

/* The client and its Subscription. */
byte cursor;              /* what the client comes back with */
byte at;                  /* the node that the subscription is registered with */
bool behind;
byte position;
chan queue = [QUEUE] of { byte };
chan page = [LIMIT] of { byte };
bool quiet;               /* nothing is left to do, and Monitor was content */

hidden byte v;            /* for loops; means something only within one d_step */

/* What Since lists for the client now. One's own place is told even when it is lost, and the history to somebody new. */
#define MAY_SEE(v) (kind[v] == steady || kind[v] == change || kind[v] == group && member)
/* What a cursor must not pass untold. History is excepted: a newcomer's device reads it by seq. */
#define MUST_SEE(v) (kind[v] == steady || kind[v] == change || kind[v] == group && member && v > changedAt)
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
	:: at == n -> dropQueue(); behind = true
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
		fi
	fi
}

/* Hub.tell: a change makes people read again, messages are pushed in the order of their versions. */
inline tell(n) {
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
}

inline forget(n) { audience[n] = 0; fresh = fresh && n != 0 }

/* An entry is about anything, but the change comes once at most, and a member's messages are all in the group. */
inline write(e) {
	if
	:: !member -> kind[e] = steady
	:: kind[e] = group
	:: changedAt == 0 -> kind[e] = change; changedAt = e; member = !member
	fi
}

/* An entry's done callback without an error. */
inline acknowledge(n, entries) {
	assert(unanswered[n] >= (entries)); /* (3) only what is committed is acknowledged */
	unanswered[n] = unanswered[n] - (entries)
}

#ifdef NO_HEAD_LOCK
byte claimed; /* versions come from a counter that does not wait for the commit before */
#endif

/* Journal.commitUntil: Store.Commit, and Journal.peek. A peek that finds nothing new changes nothing and is left out; the
   others may come at any time, so that without BUS they stand for those after a hint too. */
proctype Journal(byte n) {
	byte base, last;
	do
#ifdef NO_HEAD_LOCK
	:: atomic { claimed < VERSIONS -> base = claimed; claimed++; last = claimed }
		atomic { write(last); head = MAX(head, last); known[n] = MAX(known[n], last); unanswered[n]++;
			tasks[n]!base, last; base = 0; last = 0 }
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
		unanswered[n] = unanswered[n] + last - base;
		tasks[n]!base, last; base = 0; last = 0 }
#endif
#ifdef BUS
	:: atomic { hint[n] -> /* hints carry nothing that is used, so their order does not matter and two are as good as one */
		if
		:: hint[n] = false
		:: head > known[n] /* and it comes once more */
		fi;
		if
		:: head > known[n] -> known[n] = head; tasks[n]!known[n], known[n]
		:: else
		fi }
#endif
#ifndef NO_TICK
	:: atomic { head > known[n] -> known[n] = head; tasks[n]!known[n], known[n] }
#endif
	od
}

/* Journal.deliver: Hub.Publish, the answers, the hint. */
proctype Deliver(byte n) {
	byte base, last;
	bool foreign, nobody, load;
	mtype found;
	do
	:: atomic { tasks[n]?base, last ->
		d_step {
#ifndef IGNORE_FOREIGN
			foreign = base > hubHead[n];
#endif
			for (v : base + 1 .. last) { load = load || kind[v] != steady }
#ifndef KEEP_AUDIENCE
			if
			:: foreign || TOUCHED(base, last) -> forget(n)
			:: else
			fi
#endif
		}
		if
		:: at != n -> nobody = true; load = false; forget(n)
		:: true /* somebody is connected here, the client or others */
		fi;
		if
		:: nobody || load && audience[n] == 0
		:: else -> goto say /* nothing to wait for */
		fi }
		if
		:: load && audience[n] == 0 -> found = (member -> inside : outside) /* Store.Audiences */
		:: else
		fi;
#ifdef HEAD_BEFORE_TELL
		hubHead[n] = MAX(hubHead[n], last);
#endif
say:		atomic {
			d_step {
				if
				:: found != 0 -> audience[n] = found; found = 0
				:: else
				fi;
				hubHead[n] = MAX(hubHead[n], last);
				if
				:: foreign -> reread(n)
				:: else -> tell(n)
				fi
			}
			if
			:: last > base ->
#ifndef ACK_BEFORE_COMMIT
				acknowledge(n, last - base);
#endif
#ifdef BUS
				if
				:: hint[1 - n] = true
#ifndef RELIABLE_BUS
				:: true /* the bus loses it */
#endif
				fi
#endif
			:: else
			fi;
			foreign = false; nobody = false; load = false; base = 0; last = 0
		}
	od
}

/* Hub.load for Typing and announce, once, at node 0: on another goroutine than Publish, so that it may be overtaken. */
proctype Announce() {
	mtype found;
	d_step {
#ifdef EVICT
		audience[0] = 0; /* more than maxAudiences were there */
#else
		audience[0] == 0 ->
#endif
		fresh = true; found = (member -> inside : outside) }
	d_step {
		if
#ifdef STALE_LOAD
		:: true -> audience[0] = found
#else
		:: fresh -> audience[0] = found
		:: else
#endif
		fi; found = 0; fresh = false }
}

/* Subscription.catchUp: Store.Since, which is one consistent state of the database, and the new position. Whatever was pushed
   between the two, a page with more behind it drops. */
inline catchUp() {
	for (v : position + 1 .. head) {
		if
		:: MAY_SEE(v) && len(page) < LIMIT -> page!v; last = v
		:: MAY_SEE(v) && len(page) == LIMIT -> more = true
		:: else
		fi
	}
	if
	:: more -> position = last; dropQueue(); behind = true
	:: else -> position = MAX(position, head)
	fi;
	last = 0
}

inline dequeue() {
	do
	:: len(queue) > 0 && len(page) < LIMIT -> queue?v; page!v; last = v;
		/* (4) nor what was waiting, once this node has published the removal */
		assert(kind[v] != group || member || hubHead[at] < changedAt)
	:: else -> break
	od;
	more = len(queue) > 0
}

/* Subscription.advance and Hub.settled. */
inline advance() {
#ifndef KEEP_TOLD
	do
	:: len(page) > 0 -> page?<v>;
		if
		:: v <= position -> page?_
		:: else -> break
		fi
	:: else -> break
	od;
#endif
	if
	:: len(page) > 0 -> position = last
	:: else
	fi;
	if
	:: !more && !behind && len(queue) == 0 -> position = MAX(position, hubHead[at])
	:: else
	fi;
	last = 0
}

/* The page arrives at the client. */
inline receive() {
	last = cursor;
	do
	:: len(page) > 0 -> page?v;
		assert(v > last && v <= position);                   /* (1) in order and none twice */
		assert(kind[v] != group || member || v < changedAt); /* (4) nothing newer than the removal */
		for (last : last + 1 .. v - 1) { assert(kind[last] != 0 && !MUST_SEE(last)) } /* (1) no hole */
		last = v
	:: else -> break
	od;
	/* (1) nor is there one up to the cursor, which nothing is told of later */
	for (last : last + 1 .. position) { assert(kind[last] != 0 && !MUST_SEE(last)) }
	cursor = position; last = 0; more = false
}

/* Hub.Subscribe. */
inline connect() {
#ifdef REGISTER_AFTER_READ
	at = NOWHERE; behind = false
#else
	if
	:: at = 0
	:: at = 1
	fi;
	behind = true
#endif
}

/* The client breaks off: what is on its way is lost. It is back at once, since whatever would happen meanwhile can as well
   have happened to the subscription that is given up. */
inline reconnect() {
	breaks++; position = cursor; more = false; last = 0; dropQueue();
	do
	:: len(page) > 0 -> page?_
	:: else -> break
	od;
	connect()
}

/* One device; the loop is that of Server.events. */
proctype Client() {
	byte last, breaks;
	bool more, read;
	do
#ifdef REGISTER_AFTER_READ
	:: at == NOWHERE -> d_step { catchUp(); receive() }
		if
		:: at = 0
		:: at = 1
		fi
#endif
	:: d_step { /* woken; by a heartbeat too, which matters only when it moves the position */
			at != NOWHERE && (behind || len(queue) > 0 || hubHead[at] > position) ->
			if /* Subscription.Take */
			:: behind -> read = true;
#ifndef BEHIND_AFTER_READ
				behind = false /* from here on the queue follows what the read will see */
#endif
			:: else -> dequeue()
			fi }
		if
		:: read -> d_step { read = false; catchUp() }
#ifdef BEHIND_AFTER_READ
			behind = false;
#endif
		:: else -> d_step { advance() }
		fi;
		atomic {
			if
			:: d_step { receive() }
			:: breaks < BREAKS -> d_step { receive() }; reconnect()
			:: breaks < BREAKS -> reconnect() /* the page did not arrive */
			fi }
	od
}

/* timeout is true when nobody can do anything any more. */
proctype Monitor() {
	timeout -> d_step {
		assert(head == VERSIONS && hubHead[0] == head && hubHead[1] == head);
		assert(unanswered[0] + unanswered[1] == 0); /* (3) everybody has an answer */
		assert(cursor == head);                     /* (2) and with (1): all of it was told */
		quiet = true }
}

init {
	atomic {
		if
		:: member = true
		:: true
		fi;
#ifdef REGISTER_AFTER_READ
		connect();
#else
		at = 0; behind = true; /* the nodes are alike */
#endif
		run Journal(0); run Deliver(0);
		run Journal(1); run Deliver(1);
#ifdef ANNOUNCE
		run Announce();
#endif
		run Client(); run Monitor()
	}
}

/* (2) Every run comes to rest, and Monitor is content then. */
ltl told { <> quiet }
