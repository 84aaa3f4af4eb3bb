/*
 * The claims on one person in three dedupe scopes, small enough to check every history of them.
 *
 * Three routes select the same person for two targets of one workspace. Each minds its own target alone, or the whole
 * workspace; every combination is checked. A d_step is one transaction of the ledger or one request at the vendor. The
 * ledger runs claims of one workspace one after the other, so time, hosts and leases are left out: delivery.pml has
 * them. With EVERYWHERE the two targets are in two workspaces, and the wide routes mind both: they look at the claims
 * that others hold in their own targets. The vendor's own skip flags are left out too: the claims must hold without
 * them. A lookup says the truth or nothing. Names are those of bridge/ledger/core. Each name under #ifdef is a fault
 * that the model must find, EVERYWHERE and REPEATS apart.
 */
#define ROUTES 3
#define WORKSPACE 2     /* scopes 0 and 1 are the two targets */

#ifndef FAULTS
#define FAULTS 1        /* how many edits of bridge.toml one history may have */
#endif

mtype = { HELD, READY, SENDING, IN_DOUBT, DELIVERED, FAILED };

mtype st[ROUTES];
byte  owner[3];         /* who holds the claim in each scope: delivery + 1, or 0 */
byte  waits_for[ROUTES];/* the owner for which it is held, or 0 where the rules hold it */
bool  asked[ROUTES];    /* a call may have created the person */
bool  absent[ROUTES];   /* and a settle has found that none has */
bool  again[ROUTES];    /* it was asked before the call that is under way, whatever a settle found since */
byte  place[ROUTES];    /* the target of the last call */
byte  target[ROUTES];   /* bridge.toml: where it goes now, and whether the route minds the workspace */
bool  wide[ROUTES];
byte  created[2];       /* vendor: whose call created the person in each target, delivery + 1, or 0 */
byte  edits = FAULTS;
byte  other;

#define CLAIMING(d) (st[d] == SENDING || st[d] == IN_DOUBT || st[d] == DELIVERED || st[d] == FAILED)
#define ASKED_BEFORE(d) (asked[d] && !absent[d])
#ifdef HEIRS_WERE_EXPLAINED
#define WENT(d) CLAIMING(d)
#else
#define WENT(d) (CLAIMING(d) || (st[d] == READY && ASKED_BEFORE(d)))
#endif
#define FALLS_IN(d, scope) (scope == WORKSPACE || place[d] == scope)
#define OTHERS(r, scope) (owner[scope] != 0 && owner[scope] != r + 1)
#ifdef EVERYWHERE
#ifdef OWN_WORKSPACE
#define LOOKS(r) 0
#else
#define LOOKS(r) OTHERS(r, 1 - target[r])   /* the claims that others hold in their own targets are looked at */
#endif
#define ELSE_OWNER(r) owner[1 - target[r]]
#else
#define LOOKS(r) OTHERS(r, WORKSPACE)
#define ELSE_OWNER(r) owner[WORKSPACE]
#endif
#define TAKEN(r) (OTHERS(r, target[r]) || (wide[r] && LOOKS(r)))
#define OTHER_OWNER(r) (OTHERS(r, target[r]) -> owner[target[r]] : ELSE_OWNER(r))

/* The promises that every transaction keeps. */
#define OWNS(d) (!CLAIMING(d) || (owner[place[d]] == d + 1 && owner[WORKSPACE] != 0))
#define WAITS(d) (st[d] != HELD || waits_for[d] == 0 || st[waits_for[d] - 1] != HELD)
inline sound() {
    assert(OWNS(0) && OWNS(1) && OWNS(2));
    assert(WAITS(0) && WAITS(1) && WAITS(2));
    other = 0
}

inline wake(r, d) { if :: st[d] == HELD && waits_for[d] == r + 1 -> st[d] = READY; waits_for[d] = 0 :: else fi }

inline pass_on(r, scope) {  /* a claim goes to the first other delivery that went, or may have gone, to the person */
    if
    :: owner[scope] == r + 1 ->
        owner[scope] = 0;
#ifndef NO_HEIR
        if
        :: r != 0 && WENT(0) && FALLS_IN(0, scope) -> owner[scope] = 1
        :: else -> if
        :: r != 1 && WENT(1) && FALLS_IN(1, scope) -> owner[scope] = 2
        :: else -> if
        :: r != 2 && WENT(2) && FALLS_IN(2, scope) -> owner[scope] = 3
        :: else fi fi fi
#endif
    :: else
    fi
}

inline free_claims(r) {
    pass_on(r, 0); pass_on(r, 1); pass_on(r, WORKSPACE);
    wake(r, 0); wake(r, 1); wake(r, 2)
}

inline hold(r, why) { st[r] = HELD; waits_for[r] = why; free_claims(r); asked[r] = false; absent[r] = false }
inline ask_first(r) { st[r] = IN_DOUBT; absent[r] = false }
inline insert_claim(r, scope) { if :: owner[scope] == 0 -> owner[scope] = r + 1 :: else fi }

inline claim(r) {
    if
#ifndef OLD_TARGET_UNASKED
    :: ASKED_BEFORE(r) && (TAKEN(r) || place[r] != target[r]) -> ask_first(r)
#else
    :: ASKED_BEFORE(r) && TAKEN(r) -> ask_first(r)
#endif
    :: else -> if
    :: TAKEN(r) -> other = OTHER_OWNER(r); hold(r, other)
    :: else ->
        free_claims(r);
        insert_claim(r, target[r]);
        if :: wide[r] -> insert_claim(r, WORKSPACE) :: else fi;
        if
        :: TAKEN(r) ->                  /* what was freed has passed on to another */
            other = OTHER_OWNER(r);
#ifdef LOSER_UNASKED
            hold(r, other)
#else
            if
            :: ASKED_BEFORE(r) -> ask_first(r); insert_claim(r, WORKSPACE)
            :: else -> hold(r, other)
            fi
#endif
        :: else ->
            insert_claim(r, WORKSPACE);
            st[r] = SENDING; again[r] = asked[r]; asked[r] = true; place[r] = target[r];
            /* A route that minds the workspace goes only where no call of another delivery created the person. */
            assert(!wide[r] || (created[1 - place[r]] == 0 || created[1 - place[r]] == r + 1))
        fi
    fi fi;
    sound()
}

inline create(r) {          /* never twice: a target takes the person by the calls of one delivery */
    assert(created[place[r]] == 0 || created[place[r]] == r + 1);
    created[place[r]] = r + 1
}

proctype Route(byte r) {
end:
    do
    :: d_step { st[r] == READY -> claim(r) }
    :: d_step { st[r] == SENDING -> create(r) }                                 /* the call takes effect */
    :: d_step { st[r] == SENDING && created[place[r]] == r + 1 -> st[r] = DELIVERED; sound() }
    :: d_step { st[r] == SENDING -> ask_first(r); sound() }                     /* lost, or abandoned by a crash */
    :: d_step { st[r] == SENDING -> st[r] = READY; absent[r] = false; sound() } /* unexplained: claims stay */
    :: d_step {             /* refused: this call created nothing, an earlier one may have */
        st[r] == SENDING && (created[place[r]] != r + 1 || (again[r] && !absent[r])) ->
#ifdef REFUSED_UNASKED
        hold(r, 0);
#else
        if :: again[r] && !absent[r] -> ask_first(r) :: else -> hold(r, 0) fi;
#endif
        sound()
       }
    :: d_step {             /* put back: the call did not happen */
        st[r] == SENDING && created[place[r]] != r + 1 ->
        st[r] = READY;
        if :: !again[r] -> asked[r] = false; free_claims(r) :: else fi;
        sound()
       }
#ifdef REPEATS
    :: d_step { st[r] == IN_DOUBT -> create(r); st[r] = DELIVERED; sound() }    /* the same is sent again */
#ifdef REFUSED_REPEAT_FREES
    :: d_step { st[r] == IN_DOUBT -> hold(r, 0); sound() }                      /* and refused; else as given up */
#endif
#else
    :: d_step { st[r] == IN_DOUBT && created[place[r]] == r + 1 -> st[r] = DELIVERED; sound() }
    :: d_step { st[r] == IN_DOUBT && created[place[r]] != r + 1 -> st[r] = READY; absent[r] = true; sound() }
    :: d_step { st[r] == IN_DOUBT && created[place[r]] != r + 1 -> hold(r, 0); sound() }
#endif
    :: d_step { st[r] == IN_DOUBT -> st[r] = FAILED; sound() }                  /* given up */
    :: d_step {             /* the rules or the address have changed */
        st[r] == READY -> if :: ASKED_BEFORE(r) -> ask_first(r) :: else -> hold(r, 0) fi; sound()
       }
    :: d_step { st[r] == HELD && waits_for[r] == 0 -> st[r] = READY; sound() }
    :: d_step { edits > 0 -> edits--; target[r] = 1 - target[r] }
    :: d_step { edits > 0 -> edits--; wide[r] = !wide[r] }
    od
}

init {
    atomic {
        st[0] = READY; st[1] = READY; st[2] = READY;
        if :: wide[0] = true :: true fi;
        if :: wide[1] = true :: true fi;
        if :: wide[2] = true :: true fi;
        if :: target[1] = 1 :: true fi;
        if :: target[2] = 1 :: true fi;
        run Route(0); run Route(1); run Route(2)
    }
}
