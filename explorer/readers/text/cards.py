"""Calendars (iCalendar, RFC 5545) and contacts (vCard, RFC 6350): what a person would read off them.

Lines are unfolded and decoded, values stand behind their names in words; photos, sounds and keys, and what
only programs need, are left out.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from explorer.errors import ReadError
from explorer.readers.assembly import Assembly, one_line
from explorer.readers.decoding import decode, lost_characters, normal
from explorer.readers.reading import Reading, Source

_FOLD = re.compile(rb"\r?\n[ \t]")
_SOFT_BREAK = re.compile(rb"=\r?\n")
_QUOTED = re.compile(rb"ENCODING=QUOTED-PRINTABLE|;QUOTED-PRINTABLE[;:]", re.I)
_LINE = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.S)
_PARAMETER = re.compile(r";([\w-]+)(?:=(\"[^\"]*\"|[^;\"]*))?")
_ESCAPE = re.compile(r"\\([\\;,nN])")
_MOMENT = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{0,2})(Z?))?$")
_PARTS = re.compile(r"(?<!\\);")
_MAILTO = re.compile(r"^(?:mailto|tel):", re.I)

_APPOINTMENTS = {"VEVENT": "", "VTODO": "To do", "VJOURNAL": "Journal", "VFREEBUSY": "Busy"}
_CALENDAR_WORDS = {
    "DTSTART": "Begins", "DTEND": "Ends", "DUE": "Due", "DURATION": "Lasts", "RRULE": "Repeats",
    "LOCATION": "Place", "ORGANIZER": "Organizer", "ATTENDEE": "With", "CONTACT": "Contact",
    "CATEGORIES": "Categories", "STATUS": "Status", "URL": "Web", "RESOURCES": "Resources",
    "COMPLETED": "Completed", "ATTACH": "Attached", "RECURRENCE-ID": "Instead of", "FREEBUSY": "Busy",
    "X-REMINDER": "Reminder",
}  # fmt: skip
_CARD_WORDS = {
    "ORG": "Organization", "TITLE": "Title", "ROLE": "Role", "NICKNAME": "Nickname", "EMAIL": "Mail",
    "TEL": "Phone", "ADR": "Address", "LABEL": "Address", "BDAY": "Born", "ANNIVERSARY": "Anniversary",
    "URL": "Web", "IMPP": "Chat", "X-SOCIALPROFILE": "Profile", "CATEGORIES": "Categories",
    "RELATED": "Related", "X-ABRELATEDNAMES": "Related", "LANG": "Language", "MEMBER": "Member",
    "X-SKYPE": "Skype", "X-JABBER": "Jabber", "GENDER": "Gender",
}  # fmt: skip
_UNTELLING = frozenset(["reminder", "alarm notification", "this is an event reminder", "alarm"])
"""What programs write into a reminder by themselves."""
_PROSE = frozenset(["DESCRIPTION", "COMMENT", "NOTE"])
_PICTURES = frozenset(["PHOTO", "LOGO", "SOUND", "KEY"])
_MOMENTS = frozenset(["DTSTART", "DTEND", "DUE", "COMPLETED", "RECURRENCE-ID", "BDAY", "ANNIVERSARY"])


@dataclass(slots=True)
class _Property:
    """One line: its name in capitals, its parameters, its value decoded."""

    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)


def read_calendar(source: Source) -> Reading:
    """Reads a calendar: each appointment begins with a heading. Raises ReadError where nothing is in it."""
    return _Cards(source, "calendar", _CALENDAR_WORDS).read()


def read_contacts(source: Source) -> Reading:
    """Reads contacts: each person begins with a heading. Raises ReadError where nothing is in it."""
    return _Cards(source, "contacts", _CARD_WORDS).read()


class _Cards:
    """Writes one entry after the other."""

    def __init__(self, source: Source, kind: str, words: dict[str, str]) -> None:
        self._source = source
        self._kind = kind
        self._words = words
        self._out = Assembly(source)
        self._pictures = 0
        self._date: date | None = None

    def read(self) -> Reading:
        """The whole file. Raises ReadError where it has no text."""
        data = self._source.path.read_bytes()
        self._source.check_characters(len(data) // 8)
        properties, lost = _properties(data)
        self._out.page()
        title = ""
        open_entries: list[tuple[str, list[_Property]]] = []
        for each in properties:
            if each.name == "BEGIN":
                open_entries.append((each.value.strip().upper(), []))
            elif each.name == "END" and open_entries:
                kind, held = open_entries.pop()
                if kind == "VALARM" and open_entries:
                    open_entries[-1][1].extend(_reminder(held, open_entries[-1][1]))
                else:
                    self._entry(kind, held)
            elif open_entries:
                open_entries[-1][1].append(each)
            if each.name in ("X-WR-CALNAME", "NAME") and not title:
                title = one_line(each.value, 500)
        for entry in reversed(open_entries):  # a file that is cut off
            self._entry(*entry)
        if not self._out.length:
            raise ReadError(f"{self._source.shown} has no text: there are no entries in it.")
        if lost:
            self._out.warnings.append(lost_characters(lost))
        if self._pictures:
            what = "photo, sound or key was" if self._pictures == 1 else "photos, sounds or keys were"
            self._out.warnings.append(f"{self._pictures:,} {what} left out.")
        first = self._out.headings[0].text if len(self._out.headings) == 1 else None
        return self._out.reading(self._kind, title=title or first, date=self._date)

    def _entry(self, kind: str, properties: Sequence[_Property]) -> None:
        if kind != "VCARD" and kind not in _APPOINTMENTS:
            return
        named = {each.name: each.value for each in reversed(properties)}
        called = named.get("FN", "") or _name(named.get("N", ""))
        name = named.get("SUMMARY", "") if kind != "VCARD" else called
        name = one_line(name or named.get("ORG", "").replace(";", " "), 500)
        said = _APPOINTMENTS.get(kind, "")
        start = self._out.length
        if name:
            self._out.heading(f"{said}: {name}" if said else name, 2 if kind != "VCARD" else 1)
        for each in properties:
            self._property(each, "\n" if self._out.length > start else "\n\n")

    def _property(self, each: _Property, separator: str) -> None:
        if each.name in _PICTURES or each.parameters.get("VALUE") == "BINARY":
            self._pictures += 1
        elif each.name in _PROSE:
            self._out.put(each.value.strip(), separator)
        elif each.name in self._words and (value := _shown(each)):
            kind = each.parameters.get("TYPE", "") if self._kind == "contacts" else ""
            label = f"{self._words[each.name]} ({kind.lower()})" if kind else self._words[each.name]
            self._out.put(f"{label}: {value}", separator)
            if each.name == "DTSTART" and self._date is None:
                self._date = _day(each.value)


def _reminder(alarm: Sequence[_Property], entry: Sequence[_Property]) -> list[_Property]:
    """What a reminder says that its appointment does not say itself."""
    said = {each.value.strip() for each in entry}
    spoken = (each.value.strip() for each in alarm if each.name in ("SUMMARY", "DESCRIPTION"))
    new = dict.fromkeys(
        value for value in spoken if value and value not in said and value.casefold() not in _UNTELLING
    )
    return [_Property("X-REMINDER", value) for value in new]


def _properties(data: bytes) -> tuple[list[_Property], int]:
    """The lines of a file, unfolded, and how many characters could not be decoded."""
    if _QUOTED.search(data):  # vCard 2.1 folds such values by an equals sign
        data = _SOFT_BREAK.sub(b"", data)
    text, encoding, lost = decode(_FOLD.sub(b"", data))
    found: list[_Property] = []
    for line in normal(text).split("\n"):
        each = _property(line, encoding)
        if each is not None:
            found.append(each)
        elif found and line.strip():  # folded, but not as the rules say
            found[-1].value += f"\n{line}"
    return found, lost


def _property(line: str, encoding: str) -> _Property | None:
    matched = _LINE.match(line)
    if matched is None:
        return None
    parameters: dict[str, str] = {}
    for key, given in _PARAMETER.findall(matched[2]):
        name, value = (key.upper(), given.strip('"')) if given else ("TYPE", key)
        if name == "TYPE" and value.upper() in ("QUOTED-PRINTABLE", "BASE64"):
            name = "ENCODING"
        if value.upper() not in ("PREF", "INTERNET", "VOICE", "X-INTERNET"):
            parameters[name] = f"{parameters[name]}, {value}" if name in parameters else value
    value = matched[3]
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        raw = binascii.a2b_qp(value.encode(encoding, "replace"))
        value = normal(decode(raw, parameters.get("CHARSET"))[0])
    return _Property(matched[1].upper(), _unescaped(matched[1].upper(), value), parameters)


def _unescaped(name: str, value: str) -> str:
    if name in ("N", "ADR", "ORG", "GENDER"):
        value = _PARTS.sub("\x00", value)
    value = _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return value.replace("\x00", "; ") if name == "N" else _in_line(value)


def _in_line(value: str) -> str:
    parts = (part.strip() for part in value.split("\x00"))
    return ", ".join(filter(None, parts)) if "\x00" in value else value


def _shown(each: _Property) -> str:
    """A value in words: people by their names and addresses, moments with spaces."""
    value = one_line(_MAILTO.sub("", each.value))
    if each.name in _MOMENTS:
        return _moment(value, each.parameters.get("TZID", ""))
    name = one_line(each.parameters.get("CN", ""))
    if each.name in ("ORGANIZER", "ATTENDEE"):
        return f"{name} <{value}>" if name and value and name != value else name or value
    return "" if value.lower().startswith("data:") else value


def _moment(value: str, zone: str) -> str:
    found = _MOMENT.match(value)
    if found is None:
        return value
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if not found[4]:
        return day
    said = "UTC" if found[7] else zone
    return f"{day} {found[4]}:{found[5]} {said}".strip()


def _day(value: str) -> date | None:
    found = _MOMENT.match(value.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _name(value: str) -> str:
    """A name from its parts: family; given; further; before; behind."""
    parts = [part.strip() for part in value.split("; ")] + [""] * 5
    family, given, further, before, behind = parts[:5]
    return " ".join(filter(None, (before, given, further, family, behind)))
