/*
 * Journal, bus and subscription, small enough to be searched to the end. README.md beside this file tells what is modelled,
 * what is left out and how to run it; the names are those of internal/feed.
 *
 * One atomic or d_step block is one thing that nobody can look into: a database transaction, or what the code does under
 * Hub.mu or Subscription.mu. Wherever the code lets go of a lock, a block ends here, and the others may run.
 *
 * Each #ifdef takes one precaution away. The property that it was for must then fail.
 */

#ifndef VERSIONS
#define VERSIONS 4 /* how many changes are committed, by the two nodes together; at most 7, see seen */
#endif
#ifndef QUEUE
#define QUEUE 2    /* queueBytes, in events */
#endif
#ifndef LIMIT
#define LIMIT 1    /* of a page; 1 makes both kinds of Page.More happen with few versions */
#endif
#ifndef BREAKS
#define BREAKS 1   /* how often the client breaks off */
#endif
#define NODES 2
#define NOWHERE NODES

/* What a version is about. The client is always in one conversation. In the group it is a member at first and is removed, or
   is none and is added, or nothing happens; each at most once. */
mtype = { steady, group, members };

/* The database. */
byte head;                  /* the head row */
mtype kind[VERSIONS + 1];   /* of each version; 0 before it is committed */
bool member;                /* whether the client is in the group */
byte changedAt;             /* the version of the removal or addition, 0 before it */

/* The two nodes: Journal, Hub, and the hints on their way to them. */
chan tasks0 = [1] of { byte, byte }; /* Journal.tasks: Commit.Base and Commit.Head */
chan tasks1 = [1] of { byte, byte };
#define TASKS(n) (n == 0 -> tasks0 : tasks1)
byte unanswered[NODES];     /* entries that are stored and not yet acknowledged */
byte known[NODES];          /* the head that this journal has read last */
byte hints[NODES];          /* on their way from the other node; more than two are as good as two */
byte hubHead[NODES];        /* Hub.head */
byte audience[NODES];       /* Hub.audience of the group, as far as it concerns the client */
bool fresh[NODES];          /* no audience was forgotten since Typing or announce began to load one */
#define UNKNOWN 0
#define OUTSIDE 1
#define INSIDE  2

/* The client's one Subscription, at a hub or nowhere. */
byte at = NOWHERE;
bool ready;                 /* wake was called */
bool behind;
byte position;
chan queue = [QUEUE] of { byte };

/* The client. */
byte cursor;
byte seen;                  /* a bit for each version that it was told */
byte breaks;
bool quiet;                 /* nothing is left to happen, and what Monitor asserts then was true */

byte v, told;               /* loop variables, only used inside one block, 0 outside */

#define CONTAINS(base, last) (changedAt > base && changedAt <= last)

/* What the client must have been told once its cursor is at v or beyond. Of the group that is what came after it was added,
   while it is in. Its own removal or addition it is always told: Since lists one's own place even when it is lost. */
#define MUST_SEE(v) (kind[v] == steady || kind[v] == members || kind[v] == group && member && v > changedAt)
/* What Since lists for it now. Somebody who is added may read what was written before. */
#define MAY_SEE(v) (kind[v] == steady || kind[v] == members || kind[v] == group && member)
/* The hub of this node has published the removal. */
#define REMOVED(n) (changedAt != 0 && !member && hubHead[n] >= changedAt)

/* Subscription.fallBehind and wake, if the client is connected here. */
inline reread(n) {
	if
	:: at == n ->
		do
		:: nempty(queue) -> queue?_
		:: else -> break
		od;
		behind = true;
		ready = true
	:: else
	fi
}

/* Subscription.push. */
inline push(n, e) {
	if
	:: at != n || behind
	:: at == n && !behind && full(queue) ->
		reread(n);
#ifdef NO_OVERFLOW_REREAD
		behind = false
#endif
	:: at == n && !behind && nfull(queue) -> queue!e; ready = true
	fi
}

/* One entry of a batch: the next version is about anything. */
inline write(e) {
	if
	:: kind[e] = steady
	:: kind[e] = group
	:: changedAt == 0 -> kind[e] = members; changedAt = e; member = !member
	fi
}

/* Journal.commitUntil: Store.Commit, and the peek at the head, when a hint came or the ticker says so. A peek that finds
   nothing new changes nothing and is left out. */
proctype Journal(byte n) {
	byte base, last;
	do
#ifdef NO_HEAD_LOCK
	:: atomic { known[n] < VERSIONS && claimed < VERSIONS -> base = claimed; claimed++; last = claimed };
		atomic { write(last); head = (head > last -> head : last); unanswered[n]++ };
#else
	:: atomic { head < VERSIONS -> /* BEGIN IMMEDIATE: nobody else reads or moves head before this is committed */
		base = head;
#ifdef ACK_BEFORE_COMMIT
		answer(n, 1);
#endif
		head++; write(head);
		if
		:: head < VERSIONS -> head++; write(head) /* a batch of two */
		:: true
		fi;
		last = head; known[n] = head; unanswered[n] = unanswered[n] + last - base }
#endif
		TASKS(n)!base, last;
		d_step { base = 0; last = 0 }
	:: d_step { hints[n] > 0 -> hints[n]--; last = head; known[n] = head };
		TASKS(n)!last, last;
		last = 0
#ifndef NO_TICK
	:: d_step { known[n] < head -> last = head; known[n] = head };
		TASKS(n)!last, last;
		last = 0
#endif
	od
}
