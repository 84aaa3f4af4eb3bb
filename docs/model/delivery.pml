/*
 * The life of one person's delivery, small enough to check every history of it.
 *
 * Two hosts run two routes that select the same person in one dedupe scope; one route may be renamed or removed while
 * it is at work. Words are those of docs/glossary.md and of bridge/model/states.py. A d_step is one transaction of the
 * ledger or one request at the vendor; everything may happen between two of them. docs/reliability.md says what this
 * covers and what not; run it with `make model`. Each name under #ifdef is a fault that the model must find.
 */
#define HOSTS  2
#define ROUTES 2

/* Spans of time, in units of about ten seconds: leases.LEASE_SECONDS, the deadline of a write, BRIDGE_DOUBT_WAIT, how
 * long a lookup may lag behind a write, how far the two hosts' clocks differ, idle_in_transaction_session_timeout. */
#define LEASE    3
#define DEADLINE 2
#define WAIT     3
#define LAG      2
#define SKEW     4
#define TX_LIMIT 2

#ifndef FAULTS
#define FAULTS 2        /* crashes, freezes, lost or unexplained answers, unknown lookups: so many in one history */
#endif

mtype = { HELD, READY, SENDING, IN_DOUBT, DELIVERED, FAILED };
mtype = { FOUND, ABSENT, UNKNOWN };

/* ------------------------------------------------------------------------------------------------- the ledger */
mtype st[ROUTES];             /* the delivery of the person on each route; READY first: both have read the campaign */
byte  owner;                  /* who holds the claim on the person: route + 1, or 0 */
bool  asked[ROUTES];          /* a call may have taken effect: the claim outlives the way back to READY */
bool  absent[ROUTES];         /* a first lookup has missed the person */
byte  age[ROUTES];            /* time since the call ended at the latest, by the database's clock */
byte  stamped_by[ROUTES];     /* the host that wrote that stamp */
byte  lease_of[ROUTES];       /* the epoch of the lease, as the run that took it: host + 1 */
byte  lease_left[ROUTES];
byte  tx;                     /* the host that is inside a claim transaction, + 1: it locks the scope */
byte  tx_age;

/* ------------------------------------------------------------------------------------------------ the vendor */
byte  took;                   /* how often the target created the person */
byte  lag_left;               /* until a lookup shows it */
bool  configured[ROUTES];     /* bridge.toml */
bool  blind;                  /* lookups end at a cursor that does not move, or at an empty page that has one */
bool  key_gone;               /* the target's key was taken out of the configuration */
bool  given_up;
bool  renamed;
byte  faults = FAULTS;
bool  missed;                 /* one lookup in a history may miss what another shows (instantly.md pitfall 33) */
#ifdef REREADS
byte  rereads = 1;            /* a page that is read again while the route sends */
bool  silent[ROUTES];         /* its call was done, and a whole answer did not say so: the same target takes it once */
#endif

bool  running[HOSTS], ran[HOSTS];   /* inside a run; has had its turn since the clock moved */
bool  frozen[HOSTS], crash[HOSTS], waits_for_tx[HOSTS];
bool  for_good;               /* the frozen host never wakes up */
byte  call_left[HOSTS];       /* until the deadline of the write that the host has begun */

#define CLAIMING(d) (st[d] == SENDING || st[d] == IN_DOUBT || st[d] == DELIVERED || st[d] == FAILED)
#define HOLDS(r)    (lease_of[r] == h + 1)
#ifdef NO_EPOCH
#define MAY_RECORD(r) true
#else
#define MAY_RECORD(r) HOLDS(r)
#endif
#define AHEAD(x) ((x) == 1 -> SKEW : 0)
#ifdef HOST_CLOCKS
#define RIPE(d) (age[d] + AHEAD(h) >= WAIT + AHEAD(stamped_by[d]))
#define MOST_AGE (WAIT + SKEW)
#else
#define RIPE(d) (age[d] >= WAIT)
#define MOST_AGE WAIT
#endif
#ifdef SETTLE_BY_ROUTE
#define SETTLES(d) (d == r)
#else
#define SETTLES(d) (d == r || !configured[d])
#endif
/* What a settle asks about: a lost answer, an abandoned call, and on a retired route whatever still holds a claim. */
#define OPEN(d) (st[d] == IN_DOUBT || (st[d] == READY && owner == d + 1 && !configured[d]))

/* The promises that every transaction keeps. */
inline sound() {
    assert(!CLAIMING(0) || owner == 1);
    assert(!CLAIMING(1) || owner == 2);
    assert(st[0] != DELIVERED || took == 1);
    assert(st[1] != DELIVERED || took == 1);
}

#define RELEASE(d) if :: HOLDS(d) -> lease_left[d] = 0 :: else fi

inline free_claim(d) {        /* gives the claim up, and asks those again that waited for it */
    if
    :: owner == d + 1 -> owner = 0; if :: st[1 - d] == HELD -> st[1 - d] = READY :: else fi
    :: else
    fi;
#ifdef REREADS
    silent[d] = false;
#endif
    asked[d] = false
}

#ifdef HOST_CLOCKS
#define STAMP(d) stamped_by[d] = h
#else
#define STAMP(d) skip
#endif
#define NEAT(d)  absent[d] = false; age[d] = 0
inline to_doubt(d) { st[d] = IN_DOUBT; age[d] = 0; STAMP(d); absent[d] = false }

/* ------------------------------------------------------------------------------------------ the steps of a run */
inline ask() {                /* one lookup; it ends at a cursor that it does not know, or shows an older state */
    if
    :: d_step { !frozen[h] && (key_gone || blind) -> look = UNKNOWN }
    :: d_step { !frozen[h] && !key_gone && !blind && took > 0 && lag_left == 0 -> look = FOUND }
    :: d_step { !frozen[h] && !key_gone && !blind && (took == 0 || lag_left > 0) -> look = ABSENT }
#ifdef MISSES
    :: d_step { !frozen[h] && !key_gone && !blind && took > 0 && !missed -> missed = true; look = ABSENT }
#endif
    fi;
#ifdef UNKNOWN_IS_ABSENT
    if :: look == UNKNOWN -> look = ABSENT :: else fi
#endif
}

inline look_twice(d) {
    ask();
#ifdef RIPE_AFTER_ANSWER
    ripe = (absent[d] || RIPE(d));
#endif
    d_step {
        !frozen[h] ->
        ripe = (ripe && look == ABSENT && MAY_RECORD(d) && OPEN(d));
        if
        :: look == FOUND && MAY_RECORD(d) && OPEN(d) -> st[d] = DELIVERED; NEAT(d)
        :: else -> if :: ripe -> absent[d] = true :: else fi
        fi;
        sound()
    }
#ifndef ONE_LOOKUP
    if
    :: ripe && early -> ask()
    :: else
    fi;
#endif
    d_step {                  /* absent twice: decided again */
        !frozen[h] ->
        if
        :: ripe && look == FOUND && MAY_RECORD(d) && OPEN(d) -> st[d] = DELIVERED; NEAT(d)
        :: ripe && look == ABSENT && MAY_RECORD(d) && OPEN(d) && configured[d] -> st[d] = READY; asked[d] = true; NEAT(d)
        :: ripe && look == ABSENT && MAY_RECORD(d) && OPEN(d) && !configured[d] -> st[d] = HELD; free_claim(d); NEAT(d)
        :: else
        fi;
        ripe = false; early = false; look = 0;
        sound()
    }
}

inline settle(d) {            /* a lookup only counts as the first when it was asked after the wait */
    d_step {
        !frozen[h] ->
        mine = (d == r || lease_left[d] == 0 || HOLDS(d));
        if :: mine && d != r -> lease_of[d] = h + 1; lease_left[d] = LEASE :: else fi;
        if :: mine && MAY_RECORD(d) && st[d] == SENDING -> to_doubt(d) :: else fi;     /* abandoned */
        mine = (mine && OPEN(d));
        ripe = (mine && (absent[d] || RIPE(d)));
        early = !absent[d];
        sound()
    }
    if
    :: mine -> look_twice(d)
    :: else
    fi
}

inline call() {
    /* `look` is the answer: FOUND created, ABSENT certainly not done, UNKNOWN lost. `mine`: 200, yet unexplained. */
    mine = false;
    if
    :: d_step {
        !frozen[h] ->
#ifdef NO_GUARD
        if
        :: true ->
#else
        if
        :: call_left[h] == 0 -> look = ABSENT          /* the deadline passed before anything was sent */
        :: call_left[h] > 0 ->
#endif
#ifdef REREADS
            if :: !silent[r] -> took = took + 1; lag_left = LAG :: else fi;
#else
            took = took + 1; lag_left = LAG;
#endif
            look = FOUND; assert(took <= 1)
        fi
       }
    :: d_step { !frozen[h] && faults > 0 -> faults--; look = ABSENT }
    :: d_step { !frozen[h] && faults > 0 -> faults--; look = ABSENT; mine = true }
    :: d_step { !frozen[h] && faults > 0 -> faults--; look = UNKNOWN }
    fi;
    if                        /* the answer of a call that was done may be lost as well */
    :: d_step { !frozen[h] && look == FOUND && faults > 0 -> faults--; look = UNKNOWN }
#ifdef REREADS
    :: d_step { !frozen[h] && look == FOUND && faults > 0 -> faults--; look = ABSENT; mine = true; silent[r] = true }
#endif
    :: (!frozen[h]) -> skip
    fi;
    d_step {                  /* record */
        !frozen[h] ->
        if
        :: !MAY_RECORD(r) || st[r] != SENDING -> skip
        :: else ->
            if
            :: look == FOUND -> st[r] = DELIVERED
            :: look == UNKNOWN -> to_doubt(r)
            :: look == ABSENT && mine -> st[r] = READY; NEAT(r); STAMP(r)
            :: look == ABSENT && !mine -> st[r] = READY; free_claim(r)
            fi
        fi;
        call_left[h] = 0;
        sound()
    }
}

#ifdef LOCKS
#define IN_TX (tx == h + 1)
#else
#define IN_TX true
#endif

inline push() {
#ifdef LOCKS
    d_step { !frozen[h] -> waits_for_tx[h] = true }
    d_step { tx == 0 && !frozen[h] -> tx = h + 1; tx_age = 0; waits_for_tx[h] = false }
#endif
    d_step {                  /* claim: ready -> sending, or held where another delivery owns the person */
        !frozen[h] ->
        mine = false;
        if
        :: IN_TX && HOLDS(r) && st[r] == READY && (owner == 0 || owner == r + 1) ->
            owner = r + 1; st[r] = SENDING; asked[r] = true; mine = true
        :: IN_TX && HOLDS(r) && st[r] == READY && owner != 0 && owner != r + 1 -> st[r] = HELD
        :: else               /* the lease has gone, or the database has ended this transaction */
        fi;
        if :: tx == h + 1 -> tx = 0; tx_age = 0 :: else fi;
        sound()
    }
    if
    :: mine ->
        d_step {              /* the guard: no write begins but with a whole lease before it */
            !frozen[h] ->
#ifdef NO_GUARD
            mine = true; call_left[h] = DEADLINE;
#else
            mine = (HOLDS(r) && lease_left[r] > 0);
            if :: mine -> lease_left[r] = LEASE; call_left[h] = DEADLINE :: else fi
#endif
        }
        if
        :: mine -> call()
        :: else               /* Busy: the later holder settles what is left */
        fi
    :: else
    fi
}

/* -------------------------------------------------------------------------------------------------- one host */
#define SETTLED(d) (!OPEN(d) && st[d] != SENDING)
#define NOTHING_TO_DO(r) (SETTLED(r) && st[r] != READY && !(SETTLES(0) && !SETTLED(0)) && !(SETTLES(1) && !SETTLED(1)))
#define TURN (!frozen[h] && !ran[h])
#define REST mine = false; look = 0; d = 0; r = 0

proctype Host(byte h) {
    byte r, d;
    mtype look;
    bool mine, ripe, early;
again:
    {
        do
        :: atomic {
            TURN ->
            if
            :: configured[0] -> r = 0
            :: configured[1] -> r = 1
            fi;
            d_step {          /* acquire: free, run out, or left behind by a dead process of this host */
                mine = (!NOTHING_TO_DO(r) && (lease_left[r] == 0 || HOLDS(r)));
                if
                :: mine -> lease_of[r] = h + 1; lease_left[r] = LEASE; running[h] = true
                :: else -> REST; ran[h] = true
                fi
            }
           }
           if
           :: !mine -> skip
           :: mine ->
               d = r;
               settle(d);
               d = 1 - r;
               if
               :: SETTLES(d) && !SETTLED(d) -> settle(d); d_step { !frozen[h] -> RELEASE(d) }
               :: else
               fi;
               if
               :: st[r] == READY && !key_gone -> push()
               :: else
               fi;
               d_step { !frozen[h] -> RELEASE(r); REST; running[h] = false; ran[h] = true }
           fi
        od
    } unless { crash[h] };
    d_step {                  /* its transaction is rolled back, its lease stays until it runs out */
        crash[h] = false; running[h] = false; ran[h] = true; call_left[h] = 0; waits_for_tx[h] = false;
        if :: tx == h + 1 -> tx = 0; tx_age = 0 :: else fi;
        REST; ripe = false; early = false
    }
    goto again
}

#ifdef REREADS
/* ------------------------------------------------- the reading thread of a run: a page that was read once before */
proctype Reader() {
    byte r; bool gives_up, asks;
    do
    :: rereads > 0 ->
        if :: r = 0 :: r = 1 fi;
        d_step { rereads--; gives_up = (st[r] == READY && !asked[r]); asks = (st[r] == READY && asked[r]) }
        d_step {              /* rules or address have changed: a row that waits gives its claim up, unless it was asked */
            if
            :: st[r] == HELD && (owner == 0 || owner == r + 1) -> st[r] = READY
            :: else
            fi;
#ifndef FREE_UNLOCKED
            gives_up = (gives_up && st[r] == READY && !asked[r]);    /* the row that was really updated */
#endif
#ifdef FREE_ASKED
            if :: asks && st[r] == READY -> st[r] = HELD; free_claim(r) :: else fi;
#else
            if :: asks && st[r] == READY && asked[r] -> st[r] = IN_DOUBT; absent[r] = false :: else fi;   /* ask_first */
#endif
            if :: gives_up -> free_claim(r) :: else fi;
            gives_up = false; asks = false; r = 0;
            sound()
        }
    od
}
#endif

#define GIVES_UP(d) (st[d] == IN_DOUBT && lease_left[d] == 0 && (key_gone || faults > 0))
#ifdef GIVE_UP_FREES
#define GIVE_UP(d) st[d] = HELD; free_claim(d); NEAT(d); given_up = true
#else
#define GIVE_UP(d) st[d] = FAILED; NEAT(d); given_up = true
#endif

/* ------------------------------------------------------------------------------ what goes wrong, and the operator */
proctype Outside() {
    do
    :: d_step { faults > 0 && running[0] && !frozen[0] -> faults--; crash[0] = true }
    :: d_step { faults > 0 && running[1] && !frozen[1] -> faults--; crash[1] = true }
    :: d_step { faults > 0 && running[0] && !frozen[0] && !crash[0] && !frozen[1] -> faults--; frozen[0] = true }
    :: d_step { faults > 0 && running[1] && !frozen[1] && !crash[1] && !frozen[0] -> faults--; frozen[1] = true }
    :: d_step { faults > 0 && !blind -> faults--; blind = true }
    :: d_step { blind -> blind = false }
#ifdef LOCKS
    :: d_step { (frozen[0] || frozen[1]) && !for_good -> for_good = true }
#endif
    :: d_step { frozen[0] && !for_good -> frozen[0] = false }
    :: d_step { frozen[1] && !for_good -> frozen[1] = false }
    :: d_step { frozen[0] && !for_good -> frozen[0] = false; crash[0] = true }   /* ended; another is started */
    :: d_step { frozen[1] && !for_good -> frozen[1] = false; crash[1] = true }
    :: d_step { !renamed -> renamed = true; configured[0] = false; configured[1] = true }   /* renamed, or removed */
#ifdef KEYS
    :: d_step { faults > 0 && !key_gone -> faults--; key_gone = true }
    :: d_step { GIVES_UP(0) -> GIVE_UP(0) }                             /* `settle --give-up`: no run holds the route */
    :: d_step { GIVES_UP(1) -> GIVE_UP(1) }
#endif
    od
}

/* Time passes when every host that runs has had its turn; what takes longer is frozen meanwhile. */
#define AT_REST(x) (ran[x] || frozen[x] || (waits_for_tx[x] && tx != 0))
#define OLDER(d) age[d] = ((st[d] == IN_DOUBT || asked[d]) && age[d] < MOST_AGE -> age[d] + 1 : age[d])
#define LESS(x) x = (x > 0 -> x - 1 : 0)
proctype Clock() {
    do
    :: d_step {
        AT_REST(0) && AT_REST(1) && !(key_gone && (GIVES_UP(0) || GIVES_UP(1))) ->
        ran[0] = false; ran[1] = false;
        LESS(lease_left[0]); LESS(lease_left[1]); LESS(lag_left); LESS(call_left[0]); LESS(call_left[1]);
        OLDER(0); OLDER(1);
#ifndef NO_TX_LIMIT
        if
        :: tx != 0 && tx_age + 1 >= TX_LIMIT -> tx = 0; tx_age = 0     /* idle_in_transaction_session_timeout */
        :: tx != 0 && tx_age + 1 < TX_LIMIT -> tx_age = tx_age + 1
        :: else
        fi
#endif
       }
    od
}

init {
    atomic {
        st[0] = READY; st[1] = READY; configured[0] = true;
        if
        :: configured[1] = true          /* two routes */
        :: true                          /* one route, renamed later */
        fi;
        run Host(0); run Host(1);
#ifdef REREADS
        run Reader();
#endif
        run Outside(); run Clock()
    }
}

/* Never lost: when the faults have ended, the person is in the target, unless its key was taken away. */
ltl never_lost { <>[] (took == 1 || key_gone || given_up) }
/* Never stuck: no doubt lasts, and no abandoned call, on any route. */
ltl never_stuck { <>[] (st[0] != SENDING && st[0] != IN_DOUBT && st[1] != SENDING && st[1] != IN_DOUBT) }
