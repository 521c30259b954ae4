/* SPDX-License-Identifier: MIT */

/*
 * The protocol of src/ring/ring.c for the model checker spin: one producer, one consumer, every
 * order of their steps, without an end of time.  A ring of N units; records of 1 or 2 units in
 * batches of 1 or 2, some urgent, some cancelled, some refused because the ring is full; at any time
 * an END, which is urgent and tried until it is accepted.  The names are those of the C code.
 *
 * Positions are counted modulo 2 N: no two that can meet are farther apart.  What a record holds is
 * the position that it was written for.  What C11 lets be late is late here: a load that is not
 * sequentially consistent may give what it gave before.
 *
 * Proved by assertions, and by the absence of a state in which nothing goes on any more:
 *   - records come whole, in order, each once, batches whole, cancelled ones never;
 *   - nothing is overwritten before it was given back;
 *   - who sleeps is woken by as much as it asked for, by what is urgent, and by a refusal;
 *   - the END arrives, whatever the consumer waits for, after all that was accepted.
 *
 * MUTANT breaks one rule; tests/ring-protocol sees that each such fault is found.
 */

#define N	4
#define HALF	2
#define AWAKE	255
#define PAD	254
#define FREE	253 /* cancelled, or given back */

#define NO_RECHECK	 1 /* sleeps without a second look at the tail */
#define LOOKS_TOO_EARLY	 2 /* whether somebody sleeps is read before the tail is moved */
#define NOT_URGENT	 3 /* an urgent batch wakes like any other */
#define NO_THRESHOLD	 4 /* only an urgent batch wakes */
#define REFUSES_SILENTLY 5
#define RELEASES_EARLY	 6 /* gives back what it has not looked at */
#define FORGETS_PAD	 7 /* the room that a pad takes is not asked for */
#define PUBLISHES_EARLY	 8 /* a reservation is visible before the commit */
#define CANCEL_KEEPS	 9 /* a cancelled batch goes with the next one */
#define FORGETS_SIGNAL	 10 /* takes the mark of the sleeper away, without a signal */
#ifndef MUTANT
#define MUTANT 0
#endif

#define FROM(a, b) (((a) + 2 * N - (b)) % (2 * N)) /* how far A is behind B */
#define AT(a)	   ((a) % N)

/* Shared; the arrays are the bytes of the ring. */
byte tail, head;
byte wake_at = AWAKE;
bool fd;
byte number[N] = FREE, size[N], rest[N];
bool ended[N]; /* the record is the END */

/* For the proof only. */
byte read;   /* the consumer's own */
bool asleep; /* it polls, or is about to */
byte wanted; /* the position it sleeps for */

inline wipe(position)
{
	number[AT(position)] = FREE;
	size[AT(position)] = (MUTANT == CANCEL_KEEPS);
	rest[AT(position)] = 0;
	ended[AT(position)] = false
}

/* ---- producer ---- */

inline wake()
{
	d_step { mark = wake_at; wake_at = AWAKE };
#if MUTANT != FORGETS_SIGNAL
	if
	:: mark != AWAKE -> fd = true
	:: else
	fi
#endif
}

#if MUTANT == FORGETS_PAD
#define TAKEN (need)
#else
#define TAKEN (need + pad)
#endif

/* A record of NEED units: writes it, or sets REFUSED. */
inline reserve()
{
	pad = (need > N - AT(write) -> N - AT(write) : 0);
	if
	:: TAKEN + FROM(write, head_seen) > N ->
		if :: head_seen = head :: skip fi;
		if
		:: TAKEN + FROM(write, head_seen) > N ->
			refused = true;
#if MUTANT != REFUSES_SILENTLY
			if
			:: wake_at != AWAKE -> wake()
			:: else
			fi;
#endif
			assert(!(asleep && !fd && tail != read))
		:: else
		fi
	:: else
	fi;
	/* Who reads does not look beyond the tail: this may be one step. */
	d_step {
		if
		:: refused
		:: else ->
			assert(FROM(write, head) + pad + need <= N);
			if
			:: pad -> number[AT(write)] = PAD; size[AT(write)] = pad
			:: else
			fi;
			write = (write + pad) % (2 * N);
			number[AT(write)] = write;
			number[AT(write + need - 1)] = write;
			size[AT(write)] = need;
			rest[AT(write)] = count - 1;
			ended[AT(write)] = last;
			write = (write + need) % (2 * N);
			count--
		fi;
		pad = 0
	}
#if MUTANT == PUBLISHES_EARLY
	tail = write
#endif
}

/* What lies behind the tail is nothing: it is wiped, so that it makes no states. */
inline cancel()
{
	d_step {
		mark = tail;
		do
		:: mark == write -> break
		:: else ->
			wipe(mark);
			mark = (mark + 1) % (2 * N)
		od;
		mark = 0;
#if MUTANT != CANCEL_KEEPS
		write = tail
#endif
	}
}

#if MUTANT == NOT_URGENT
#define URGENT false
#else
#define URGENT urgent
#endif
#if MUTANT == NO_THRESHOLD
#define REACHED false
#else
#define REACHED (FROM(write, mark) <= N)
#endif

inline commit()
{
#if MUTANT == LOOKS_TOO_EARLY
	mark = wake_at;
#endif
	tail = write;
#if MUTANT != LOOKS_TOO_EARLY
	mark = wake_at;
#endif
	if
	:: mark != AWAKE && (URGENT || REACHED) -> wake()
	:: else
	fi;
	d_step {
		assert(!(asleep && !fd && tail != read && (urgent || FROM(tail, wanted) <= N)));
		mark = 0
	}
}

active proctype producer()
{
	byte write, head_seen, count, pad, mark, need;
	bool urgent, refused, last;

	do
	:: atomic {
		if
		:: count = 1; need = 1; last = true
		:: !last -> select(count : 1 .. 2); select(need : 1 .. 2)
		fi
	   };
	   reserve();
	   if
	   :: count && !refused -> if :: need = 1 :: need = 2 fi; reserve()
	   :: else
	   fi;
	   d_step { count = 0; need = 0 };
	   if
	   :: !refused && last -> urgent = true; commit(); break
	   :: !refused && !last -> if :: urgent = true :: skip fi; commit()
	   :: !last -> cancel()
	   /* Nobody may have to wake the consumer once more. */
	   :: refused && last -> cancel(); (FROM(write, head) < N)
	   fi;
	   d_step { refused = false; urgent = false }
	od
}

/* ---- consumer ---- */

inline release()
{
	d_step {
		do
		:: head == read -> break
		:: else ->
			wipe(head);
			head = (head + 1) % (2 * N)
		od
	}
}

#if MUTANT == NO_RECHECK
#define NOTHING_CAME true
#else
#define NOTHING_CAME (tail == read)
#endif

/* Sleeps unless something came; wakes by itself until it never does so again. */
inline sleep()
{
	release();
	atomic {
		if :: wanted = read + 1 :: wanted = read + HALF fi;
		wanted = wanted % (2 * N);
		wake_at = wanted
	};
	if
	:: atomic { NOTHING_CAME -> asleep = true };
	   if
	   :: fd
	   :: timer
	   :: timer -> timer = false; (fd)
	   fi;
	   atomic { asleep = false; wanted = 0; wake_at = AWAKE };
	   fd = false
	:: atomic { !NOTHING_CAME -> wanted = 0 };
	   wake_at = AWAKE
	fi
}

active proctype consumer()
{
	byte tail_seen, at, follow;
	bool timer = true;

	do
	:: if
	   :: read == tail_seen -> if :: tail_seen = tail :: skip fi
	   :: else
	   fi;
	   if
	   :: read == tail_seen ->
		assert(!follow);
		sleep()
	   :: else ->
		d_step {
			at = read;
			read = (read + size[AT(at)]) % (2 * N)
		};
#if MUTANT == RELEASES_EARLY
		head = read;
#endif
		if
		:: ended[AT(at)] -> break
		:: else ->
			d_step {
				assert(number[AT(at)] == PAD ||
				       (number[AT(at)] == at && number[AT(read + N - 1)] == at));
				if
				:: number[AT(at)] != PAD -> follow = rest[AT(at)]
				:: else
				fi;
				at = 0
			};
			/* Now or later. */
			if :: release() :: skip fi
		fi
	   fi
	od;
	assert(tail == read && number[AT(at)] == at && !follow)
}
