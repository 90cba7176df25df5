"""Who may see what, written apart from the product's own table, from the description alone: one line a person.

The stage on which it is asked: volunteer-1 (王示范) reports every kind in Baoguo, twice. `inside` lies in the grid of
grid-worker-1, far from any border; `border` lies in another grid, 30 m from Xinjiang, with 100 m of accuracy. Two clues
come from searcher-1 (楚队员). The auxiliary of Baoguo takes each, the officer of Baoguo closes it with a note.
"""

KINDS = ("SIGHTING", "FIRE", "HAZARD", "ASSIST", "DISPUTE", "CLUE")

NOTHING = "nothing"        # not even that it exists
OWN = "own"                # how it goes with the own report: no officer's name, no note
COARSE = "coarse"          # kind and neighbourhood: no words, no exact place, nobody's name
FULL_NO_REPORTER = "full, reporter left out"
FULL_NUMBER_ONLY = "full, of the reporter only the number, and only where calls are allowed"
FULL = "full, reporter included; the number where calls are allowed"

PEOPLE = ("volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo",
          "officer-xinjiang", "liaison-baoguo", "fire-desk", "bureau", "searcher-1", "searcher-2", "team-lead", "admin")


def may_see(person: str, kind: str, where: str) -> str:
    """What this person may see of an incident of this kind at this place."""
    if person == ("searcher-1" if kind == "CLUE" else "volunteer-1"):
        return OWN
    if person in ("officer-baoguo", "liaison-baoguo"):
        return FULL
    if person in ("auxiliary-baoguo", "bureau"):
        return FULL_NO_REPORTER
    if person == "grid-worker-1":
        return FULL_NO_REPORTER if kind in ("HAZARD", "DISPUTE") and where == "inside" else NOTHING
    if person == "fire-desk":
        return FULL_NUMBER_ONLY if kind == "FIRE" else NOTHING
    if person == "officer-xinjiang":
        return COARSE if where == "border" else NOTHING
    return NOTHING  # other volunteers, other searchers, the team's lead, the admin


# Which notices reach whom.
NOTICES = {
    # Staff of a station whose ground touches the area see its notices too: Xinjiang lies beside Baoguo.
    "lookout for Baoguo": {"officer-xinjiang", "volunteer-1", "volunteer-2", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo",
                           "liaison-baoguo", "bureau", "searcher-1", "searcher-2", "team-lead"},
    "advisory for one grid of Baoguo": {"volunteer-1", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo",
                                                  "liaison-baoguo", "bureau"},
    "missing person for the team": {"searcher-1", "searcher-2", "team-lead", "liaison-baoguo", "officer-baoguo",
                                    "auxiliary-baoguo", "bureau"},
    "missing person for Xinjiang": {"volunteer-3", "officer-xinjiang", "liaison-baoguo", "officer-baoguo",
                                    "auxiliary-baoguo", "bureau"},
}

# A lookout that identifies a person and that no second officer released: only those who may release it.
NOTICES["lookout for a person in Baoguo, not released"] = {"officer-baoguo", "liaison-baoguo", "bureau"}

# A notice that was withdrawn: who saw it is told; a snapshot shows it to nobody.
WITHDRAWN = {
    "lookout for one grid of Baoguo, withdrawn": NOTICES["advisory for one grid of Baoguo"],
    "lookout for a person, withdrawn before its release": NOTICES["lookout for a person in Baoguo, not released"],
}
# Whoever reads the words of a withdrawn notice, who issued it and its case: staff.
STAFF = {"auxiliary-baoguo", "officer-baoguo", "officer-xinjiang", "liaison-baoguo", "bureau"}

# May: done or refused for a reason of the subject; never: not_permitted or unknown.
SENDS = {
    # person: (reports other than clues, clues, acknowledge a fire inside, resolve it, lookout for Baoguo, missing person, admin)
    "volunteer-1": (True, True, False, False, False, False, False),
    "volunteer-2": (True, True, False, False, False, False, False),
    "grid-worker-1": (True, True, False, False, False, False, False),
    "auxiliary-baoguo": (True, True, True, False, False, False, False),
    "officer-baoguo": (True, True, True, True, True, False, False),
    "officer-xinjiang": (True, True, False, False, False, False, False),
    "liaison-baoguo": (True, True, True, True, True, True, False),
    "fire-desk": (True, True, True, True, False, False, False),
    "bureau": (True, True, True, True, True, False, False),
    "searcher-1": (False, True, False, False, False, False, False),
    "team-lead": (False, True, False, False, False, False, False),
    "admin": (False, False, False, False, False, False, True),
}


TAKES = {"acknowledge", "respond"}
CLOSES = {"resolve", "reopen"}
DIRECTS = {"assign", "severity", "hand over"}


def may_do(person: str, kind: str) -> set[str]:
    """What this person may do to an incident of this kind, inside, that another reported."""
    if person in ("officer-baoguo", "liaison-baoguo", "bureau"):
        return TAKES | CLOSES | DIRECTS | {"note"}
    if person == "auxiliary-baoguo":
        return TAKES | {"note"}
    if person == "fire-desk" and kind == "FIRE" or person == "grid-worker-1" and kind in ("HAZARD", "DISPUTE"):
        return TAKES | CLOSES
    return set()
