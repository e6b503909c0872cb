"""The search page, and suggestions while typing. They contain no personal data and are cacheable."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from portal.common.vietnamese import clean_text
from procedures import search
from procedures.cards import Card, by_codes
from procedures.listing import Filters, Listing
from procedures.models import LifeEvent, SearchOutcome
from procedures.public import public_page
from procedures.search import asked, place_names, twins
from procedures.search.paced import as_page, paced, without_results
from procedures.search.place_names import NamedPlace
from procedures.search.reading import MAX_LENGTH
from procedures.search.suggestions import suggest


@transaction.non_atomic_requests  # see procedures.search.asked
@public_page
@paced(as_page)
def search_page(request: HttpRequest) -> HttpResponse:
    """Search results, or the whole catalogue; filtered by level, price and audience."""
    text = clean_text(request.GET.get("tu-khoa", ""))[:MAX_LENGTH]
    filters = Filters(request.GET)
    answer = search.find(text) if text else search.Answer(search.everything())
    matching = filters.apply(answer.codes)
    groups = twins.grouped(map(_code, matching), search.catalogue().matters) if text else {}
    rows: Any = [row for row in matching if _code(row) in groups] if text else matching
    listing = Listing(rows, request.GET)
    if text and request.method == "GET" and not answer.sure:
        _count(text, answer)
    return render(
        request,
        "procedures/search.html",
        {
            "asked": text,
            "filters": filters,
            "listing": listing,
            "rows": _with_twins(listing.cards, groups),
            "answer": answer,
            "choices": by_codes(answer.choices) if not filters.any and listing.number == 1 else [],
            **(_events(answer) if text and not answer.sure else {}),
            "narrowed_to_nothing": bool(answer.codes) and not listing.count,
            "link_query": _link_query(text, answer.place),
        },
    )


def _code(row: str | Card) -> str:
    return row if isinstance(row, str) else row.procedure.code


def _with_twins(shown: Sequence[Card], groups: Mapping[str, Sequence[str]]) -> list[tuple[Card, list[Card]]]:
    """[(card, the cards of its twins)]. One query more when there are twins."""
    codes = {card.procedure.code: groups.get(card.procedure.code, ()) for card in shown}
    wanted = [code for others in codes.values() for code in others]
    cards = {procedure.code: Card(procedure) for procedure in by_codes(wanted)} if wanted else {}
    return [(card, [cards[code] for code in codes[card.procedure.code] if code in cards]) for card in shown]


def _count(text: str, answer: search.Answer) -> None:
    kept = asked.kept_text(text, search.catalogue().index.pairs)
    if kept:
        asked.count(kept, SearchOutcome.GUESSES if answer.codes else SearchOutcome.NOTHING)


def _events(answer: search.Answer) -> dict[str, list[LifeEvent]]:
    """The life events of the guesses; without any all, those of firms apart."""
    events = LifeEvent.objects.filled()
    of_guesses = Q(entries__procedure__code__in=answer.codes) | Q(sectors__procedure__code__in=answer.codes)
    fitting = list(events.filter(of_guesses).distinct()[:6]) if answer.codes else []
    if fitting:
        return {"events": fitting}
    rows = list(events)
    return {
        "events": [event for event in rows if event.audience == "citizen"],
        "business_events": [event for event in rows if event.audience == "business"],
    }


def _link_query(text: str, place: NamedPlace | None) -> str:
    """The query string of the links to procedures: the words (to count what was chosen) and the place that they name."""
    values = {"tu-khoa": text, "tinh": place.province if place else "", "xa": place.commune if place else ""}
    kept = {name: value for name, value in values.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


@public_page
@paced(without_results)
def suggestions(request: HttpRequest) -> HttpResponse:
    """{results: [{title, url}]} for the words typed so far (`q`), with the place that they name in the address. Never counted."""
    text = request.GET.get("q", "")[:MAX_LENGTH]
    place = place_names.find(text)
    rows = [
        {
            "title": procedure.short_name or procedure.name,
            "url": reverse("procedures:procedure", args=[procedure.code, procedure.slug]) + _link_query("", place),
        }
        for procedure in by_codes(suggest(place.rest if place and place.rest else text))
    ]
    return JsonResponse({"results": rows}, json_dumps_params={"ensure_ascii": False})
