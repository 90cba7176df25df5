"""People's screens side by side in time: a column a person, what each typed (>) and what then stood on their screen.

What stands on a screen is made from what arrived there and nothing else (`line_of`), in Chinese and English, so that the table
shows what a person would have read, and a drill or a recall is told as it came.
"""

import unicodedata

COLUMN = 28

KINDS = {"REPORT_KIND_SIGHTING": "线索 sighting", "REPORT_KIND_FIRE": "火情 FIRE", "REPORT_KIND_HAZARD": "隐患 hazard",
         "REPORT_KIND_ASSIST": "求助 help needed", "REPORT_KIND_DISPUTE": "纠纷 dispute", "REPORT_KIND_CLUE": "寻人线索 clue"}
STATES = {"INCIDENT_STATE_OPEN": "待签收 open", "INCIDENT_STATE_ACKNOWLEDGED": "已签收 acknowledged",
          "INCIDENT_STATE_RESPONDING": "处置中 on the way", "INCIDENT_STATE_RESOLVED": "办结 closed",
          "INCIDENT_STATE_MERGED": "已合并 merged"}
OUTCOMES = {"OUTCOME_HANDLED": "已处置 handled", "OUTCOME_FALSE_ALARM": "误报 false alarm", "OUTCOME_DUPLICATE": "重复 duplicate",
            "OUTCOME_NO_ACTION": "无需处置 nothing to do"}
NOTICES = {"NOTICE_KIND_LOOKOUT": "协查通报 lookout", "NOTICE_KIND_MISSING_PERSON": "寻人通知 MISSING",
           "NOTICE_KIND_ADVISORY": "安全提示 advice"}


def line_of(event: dict) -> str:
    """What a screen shows of an event: ▲ rings, · does not."""
    mark = "▲" if event.get("lane") == "LANE_ALARM" else "·"
    if "notice" in event:
        return f"{mark} {of_notice(event['notice'])}"
    if "incident" in event:
        return f"{mark} {of_incident(event['incident'], event.get('report'))}"
    return f"{mark} {event.get('kind', '')}"


def of_notice(notice: dict) -> str:
    parts = [NOTICES.get(notice.get("kind"), "通知 notice")]
    if notice.get("state") == "NOTICE_STATE_AWAITING_RELEASE":
        parts.append("待审核 waits for release")
    parts.append(short(notice.get("text", "")))
    if notice.get("state") == "NOTICE_STATE_ACTIVE" and notice.get("instruction"):
        parts.append("※ " + notice["instruction"].splitlines()[0])
    return " | ".join(part for part in parts if part)


def of_incident(incident: dict, report: dict | None) -> str:
    parts = [incident.get("title", ""), KINDS.get(incident.get("kind"), "?"), STATES.get(incident.get("state"), "?")]
    if resolution := incident.get("resolution"):
        parts.append(OUTCOMES.get(resolution.get("outcome"), "?"))
    elif taken := incident.get("acknowledgements"):
        parts.append(", ".join(step["desk"] for step in taken))
    else:
        parts.append(short((report or incident).get("text", "")))
    if incident.get("reportCount", 0) > 1:
        parts.append(f"{incident['reportCount']} reports")
    if incident.get("noticeId") and not resolution:
        parts.append("↔ notice")
    return " | ".join(part for part in parts if part)


def short(text: str, characters: int = 60) -> str:
    """On one line, without the [tag] that tells this run's texts from those of another."""
    text = " ".join(text.split())
    if text.startswith("[") and "] " in text[:10]:
        text = text.split("] ", 1)[1]
    return text if len(text) <= characters else text[:characters - 1] + "…"


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns, Chinese characters counted as two; broken between words, else between characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and width(f"{lines[-1]} {word}") <= columns:
            lines[-1] += f" {word}"
            continue
        if lines[-1]:
            lines.append("")
        for character in word:
            if width(lines[-1] + character) > columns:
                lines.append("")
            lines[-1] += character
    return lines


def table(names, rows, begin: float) -> list[str]:
    """`rows`: (when, name, words). Each stands in its person's column, beneath what came before it in time."""
    lines = ["  after   " + "".join(name.ljust(COLUMN) for name in names).rstrip(),
             "  " + "-" * (8 + COLUMN * len(names))]
    for at, name, words in sorted(rows, key=lambda row: row[0]):
        column = list(names).index(name)
        for number, part in enumerate(wrap(words, COLUMN - 2)):
            when = f"{max(0, at - begin):7.3f} s" if number == 0 else ""
            lines.append(when.ljust(10) + " " * (COLUMN * column) + part)
    return lines
