#!/usr/bin/env python3
"""Keeps everyday.json: how people ask for a procedure. Standard library only.

    python data/everyday.py merge FILE…    adds rows [{"code", "voice", "text"}] of JSON files, then checks
    python data/everyday.py check          checks: known codes and voices, no phrase twice for a procedure,
                                           no query of search_queries_*.json among the phrases, and
                                           none among the topics of procedures/search/outside.txt,
                                           no key sequences of Telex («ddawng kys»)

The files of queries measure the search (`./portalctl search-eval`), so none of their queries may be indexed: `merge` leaves
such rows out and names them.
"""

import csv
import json
import re
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE / "everyday.json"
TOPICS = HERE.parent / "procedures/search/outside.txt"  # indexed, too: what no procedure is about
VOICES = (
    "farmer",
    "grandmother",
    "shopkeeper",
    "student",
    "driver",
    "foreign_spouse",
    "nurse",
    "worker",
    "southerner",
    "central",
)
MAX_LENGTH = 300
# The search resolves key sequences of Telex in words that it does not know; in a phrase they would be known words, and stay.
TELEX = re.compile(
    r"dd\w+|\w*[aou]w\w*|\w*(?:aa|ee|oo)(?:c|ch|m|n|ng|nh|p|t)?[sfrxj]\w*|\w+(?:ch|ng|nh|[cmnpt])[sfrxj]", re.ASCII
)
NOT_TELEX = set(
    "acts bts bvptr dncx down draw dvmtr eps etf gdtx gms hawb htx ielts isps ktx logistics oms roadshow show showroom sms tccs thcs vms withdraw".split()
)


def bare(text: str) -> str:
    """Lower case without accents and punctuation: what makes two phrases the same."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())


def has_telex(text: str) -> bool:
    """Are there key sequences of Telex among its words? Accented words are none."""
    return any(TELEX.fullmatch(word) and word not in NOT_TELEX for word in re.findall(r"\w+", text.lower()))


def codes() -> set[str]:
    with (HERE / "procedures_index.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"] for row in csv.DictReader(file)}


def queries() -> set[str]:
    """The queries of all measuring files, bare."""
    files = sorted(HERE.glob("search_queries_*.json"))
    return {bare(row["query"]) for file in files for row in json.loads(file.read_text("utf-8"))["queries"]}


def read() -> dict:
    return json.loads(TARGET.read_text("utf-8"))


def rows_of(content: dict) -> list[tuple[str, str, str]]:
    return [
        (code, voice, text) for code, voices in content["phrases"].items() for voice, texts in voices.items() for text in texts
    ]


def topics() -> list[str]:
    """The phrases of all topics outside the catalogue."""
    lines = [line for line in TOPICS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [phrase.strip() for line in lines for phrase in line.split(",") if phrase.strip()]


def merge(files: list[str]) -> None:
    content, known, asked = read(), codes(), queries()
    rows = rows_of(content)
    for file in files:
        rows += [(row["code"], row["voice"], row["text"]) for row in json.loads(Path(file).read_text("utf-8"))]
    phrases: dict[str, dict[str, list[str]]] = {}
    seen = set()
    for code, voice, text in rows:
        text = " ".join(unicodedata.normalize("NFC", text).split())
        if code not in known or voice not in VOICES or not bare(text) or len(text) > MAX_LENGTH:
            print(f"left out (code, voice or length): {code} {voice}: {text}")
        elif has_telex(text):
            print(f"left out (Telex): {code}: {text}")
        elif bare(text) in asked:
            print(f"left out (a query of a measuring file): {code}: {text}")
        elif (code, bare(text)) not in seen:
            phrases.setdefault(code, {}).setdefault(voice, []).append(text)
        seen.add((code, bare(text)))
    content["phrases"] = {
        code: {voice: phrases[code][voice] for voice in VOICES if voice in phrases[code]} for code in sorted(phrases)
    }
    lines = []
    for code, voices in content["phrases"].items():
        inner = ",\n".join(f"   {json.dumps(voice)}: {json.dumps(texts, ensure_ascii=False)}" for voice, texts in voices.items())
        lines.append(f'  "{code}": {{\n{inner}\n  }}')
    meta = json.dumps(content["meta"], ensure_ascii=False, indent=2).replace("\n", "\n ")
    joined = ",\n".join(lines)
    TARGET.write_text(f'{{\n "meta": {meta},\n "phrases": {{\n{joined}\n }}\n}}\n', "utf-8")


def problems() -> list[str]:
    rows, known, asked = rows_of(read()), codes(), queries()
    found = [f"unknown code: {code}" for code, _, _ in rows if code not in known]
    found += [f"unknown voice: {voice}" for _, voice, _ in rows if voice not in VOICES]
    found += [f"a query of a measuring file: {text}" for _, _, text in rows if bare(text) in asked]
    found += [f"Telex: {text}" for _, _, text in rows if has_telex(text)]
    outside = [bare(text) for text in topics()]
    found += [f"a query of a measuring file: {text} (outside.txt)" for text in outside if text in asked]
    found += [f"twice: {text} (outside.txt)" for text in sorted({text for text in outside if outside.count(text) > 1})]
    seen: set[tuple[str, str]] = set()
    for code, _, text in rows:
        if (code, bare(text)) in seen:
            found.append(f"twice: {code} {text}")
        seen.add((code, bare(text)))
    return found


def main(words: list[str]) -> int:
    if words[:1] == ["merge"] and len(words) > 1:
        merge(words[1:])
    elif words != ["check"]:
        print(__doc__)
        return 2
    found = problems()
    for problem in found:
        print(problem)
    rows = rows_of(read())
    print(f"{len(rows)} phrases for {len({code for code, *_ in rows})} procedures, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
