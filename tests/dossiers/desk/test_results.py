"""Drafting, returning, previewing and signing results: what is signed is what was shown, and the history says what was read."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.urls import reverse

from dossiers import invariants, workflow
from dossiers.models import Dossier, ResultDraft
from dossiers.papers import drafting
from dossiers.transitions import inputs
from dossiers.workflow import result_drafts
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.desk.test_result_wording import result
from tests.dossiers.desk.test_steps import client_of, draft, messages_of, now, page, take
from tests.dossiers.papers.reading import text_of

PDF = b"%PDF-1.4 khac"


def review_of(user, dossier, step="approve"):
    return client_of(user).get(page(step, dossier)).context["review"]


def event_of(dossier, step):
    return dossier.events.filter(step=step).select_related("text").last().text.details


def names(dossier):
    """The key of the line with the name, and its text, in the newest draft."""
    lines = drafting.newest(dossier).content["papers"][0]["lines"]
    return next((line["key"], line["text"]) for line in lines if line["text"] == "Nguyễn Hoàng Phượng Vỹ")


# ---------------------------------------------------------------- the way of a draft
def test_a_draft_is_returned_with_marks_mended_compared_and_signed(desk):
    dossier = desk.to_sign()
    key, _name = names(dossier)
    place = f"confirmation/{key}"
    review = dossier.step_runs.get(kind="review")
    assert "Chỗ cần sửa trên bản soạn" in client_of(desk.signer).get(page("return_step", dossier)).content.decode()
    take(desk.signer, dossier, "return_step", back_to=review.pk, note="Sai tên.", **{f"dau.{place}": "Vĩ, không phải Vỹ"})
    assert event_of(dossier, "return_step")["marks"] == [
        {"place": place, "label": "Họ, chữ đệm và tên", "words": "Vĩ, không phải Vỹ"}
    ]

    shown = client_of(desk.officer).get(reverse("desk:draft", args=[dossier.code]))
    assert next(line for line in shown.context["form"].all_lines if line.place == place).mark == "Vĩ, không phải Vỹ"
    assert "Cần sửa:" in shown.content.decode() and "Sai tên." in shown.content.decode()
    draft(desk.officer, dossier, button="luu-tiep", **{f"confirmation.{key}": "Nguyễn Hoàng Phượng Vĩ"})
    take(desk.officer, dossier, "hand_over")

    review = review_of(desk.signer, dossier)
    assert [(c.old, c.new) for c in review.changes] == [("Nguyễn Hoàng Phượng Vỹ", "Nguyễn Hoàng Phượng Vĩ")]
    assert [(mark["words"], mark["now"]) for mark in review.marks] == [("Vĩ, không phải Vỹ", "Nguyễn Hoàng Phượng Vĩ")]
    assert not review.is_returned
    take(desk.signer, dossier, "approve", shown=review.shown)
    decision = now(dossier).decisions.get()
    assert decision.content_hash == review.shown
    assert event_of(dossier, "approve")["draft"]["number"] == 2 and event_of(dossier, "hand_over")["draft"]["number"] == 2


def test_the_signer_corrects_in_a_revision_of_their_own(desk):
    dossier = desk.to_sign()
    key, _name = names(dossier)
    assert client_of(desk.officer).get(reverse("desk:draft", args=[dossier.code])).status_code == 403  # it lies with the signer
    answer = draft(desk.signer, dossier, button="luu-tiep", **{f"confirmation.{key}": "Nguyễn Hoàng Phượng Vĩ"})
    assert answer.url == page("approve", dossier)
    review = review_of(desk.signer, dossier)
    assert review.newest.author == desk.signer and review.since.author == desk.officer and len(review.changes) == 1


def test_only_who_holds_the_step_drafts_and_nobody_of_another_body_finds_it(desk):
    dossier = desk.processing()
    address = reverse("desk:draft", args=[dossier.code])
    assert client_of(factories.user(officer="H18.X005.CA")).get(address).status_code == 404
    for other in (desk.clerk, desk.signer):
        assert client_of(other).get(address).status_code == 403
        assert client_of(other).post(address, {"luu": "1"}).status_code == 403
    assert client_of(dossier.submitter).get(address).status_code == 404
    assert not ResultDraft.objects.exists()


def test_two_who_draft_at_once_do_not_overwrite_each_other(desk):
    dossier = desk.processing()
    first = client_of(desk.officer).get(reverse("desk:draft", args=[dossier.code])).context
    draft(factories.user(full_name="Lường Văn Bun", officer=desk.receiving_agency), dossier)
    answer = draft(desk.officer, dossier, after=first["after"], **{"confirmation.conclusion": "Khác."})
    assert dossier.result_drafts.count() == 1 and "Lường Văn Bun đã lưu bản soạn lần 1" in messages_of(answer)
    assert "Khác." in answer.content.decode()  # what was typed is still there


# ---------------------------------------------------------------- what is signed is what was shown
def test_a_draft_that_changed_after_the_page_was_opened_is_not_signed(desk):
    dossier = desk.to_sign()
    shown = review_of(desk.signer, dossier).shown
    key, _name = names(dossier)
    factories.drafted(dossier, desk.signer, **{key: "Người Khác"})
    answer = take(desk.signer, dossier, "approve", shown=shown)
    assert answer.status_code == 422 and "Bản soạn đã đổi sau khi mở trang này nên chưa ký gì" in answer.content.decode()
    assert answer.context["review"].shown != shown and now(dossier).decided_at is None
    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "approve", actor=desk.signer)
    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "approve", actor=desk.signer, shown=shown)


def test_a_result_that_no_longer_fits_the_case_is_neither_handed_on_nor_signed(desk):
    dossier = desk.to_sign()
    for row in dossier.version.document["procedure"]["results"]:
        row["when"] = {"field": "head_relation", "op": "eq", "value": "o_nho"}
    with past_the_triggers():
        dossier.version.save()
    with pytest.raises(inputs.DetailsMissing, match="không cấp được cho hồ sơ này"):
        workflow.advance(dossier, "approve", actor=desk.signer, shown=factories.shown(dossier))


@pytest.mark.needs_pdf
def test_the_preview_is_the_paper_and_the_event_says_what_was_read(desk, run_followups, signing_keys):
    dossier = desk.to_sign()
    signer = client_of(desk.signer)
    shown = signer.get(page("approve", dossier)).context["review"]
    seen = signer.get(shown.papers[0]["address"])
    preview = text_of(seen.getvalue())
    assert client_of(desk.officer).get(shown.papers[0]["address"]).status_code == 200  # who only reads it leaves no row
    assert dossier.papers_seen.get().user == desk.signer
    take(desk.signer, dossier, "approve", shown=shown.shown)
    assert event_of(dossier, "approve")["read"]["confirmation"]
    run_followups()
    paper = dossier.papers.get(kind="result")
    signed = text_of(signer.get(f"{paper.get_absolute_url()}?xem").getvalue())
    for text in ("XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ", "Nguyễn Hoàng Phượng Vỹ", "Cà Thị Ước"):
        assert text in preview and text in signed
    assert paper.number in signed and "(cấp khi ký)" in preview and "(cấp khi ký)" not in signed
    assert signer.get(shown.papers[0]["address"].replace(shown.shown, "0" * 64)).status_code == 404
    assert list(invariants.violations()) == []


def test_a_changed_draft_or_file_is_found(desk):
    dossier = desk.to_sign()
    assert list(invariants.violations()) == []
    with past_the_triggers():
        ResultDraft.objects.update(content_hash="0" * 64)
    found = list(invariants.violations())
    assert any("draft 1 of its result was changed" in sentence for sentence in found)
    assert any("the draft it names was changed" in sentence for sentence in found) and dossier


# ---------------------------------------------------------------- several results, results made elsewhere
@pytest.fixture
def several(desk):
    """A dossier at the drafting step whose version gives a paper of ours, a card, and a PDF made elsewhere."""
    dossier = desk.processing()
    facts = dossier.version.document["procedure"]
    facts["results"] = [
        result("giay", lines=[{"key": "name", "label": "Tên", "field": "ap_full_name"}]),
        result("the", made="object"), result("so-do", made="file"),
    ]  # fmt: skip
    with past_the_triggers():
        dossier.version.save()
    return dossier


def broken():
    """The violations, but for the version that the fixture changed."""
    return [sentence for sentence in invariants.violations() if "version_sha256" not in sentence]


def a_pdf(words):
    import io

    import pikepdf

    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = words
    out = io.BytesIO()
    document.save(out)
    return SimpleUploadedFile(f"{words}.pdf", out.getvalue(), "application/pdf")


@pytest.mark.needs_pdf
def test_several_results_are_several_papers_and_the_file_made_elsewhere_travels_with_the_notice(
    desk, several, run_followups, signing_keys
):
    dossier = several
    assert draft(desk.officer, dossier).status_code == 422  # the file is missing
    refused = draft(desk.officer, dossier, **{"so-do.file": SimpleUploadedFile("x.pdf", PDF, "application/pdf")})
    assert refused.status_code == 422 and not dossier.result_drafts.exists()
    assert draft(desk.officer, dossier, **{"so-do.file": a_pdf("so-do"), "the.number": "C 123"}).status_code == 302
    take(desk.officer, dossier, "hand_over")
    review = review_of(desk.signer, dossier)
    assert len(review.papers) == 2 and review.papers[1]["files"][0]["name"] == "so-do.pdf"
    assert client_of(desk.signer).get(review.papers[1]["files"][0]["address"])["Content-Type"] == "application/pdf"
    take(desk.signer, dossier, "approve", shown=review.shown)
    run_followups()

    own, notice = dossier.papers.filter(kind="result")
    assert (own.result_key, notice.result_key) == ("giay", drafting.NOTICE) and own.number != notice.number
    text = text_of(b"".join(client_of(desk.signer).get(notice.get_absolute_url()).streaming_content))
    assert "C 123" in text and "so-do.pdf" in text
    file = client_of(dossier.submitter).get(reverse("papers:attached", args=[notice.pk, "so-do"]))
    assert file.status_code == 200 and file["Content-Type"] == "application/pdf"
    assert client_of(factories.citizen()).get(reverse("papers:attached", args=[notice.pk, "so-do"])).status_code == 404
    mine = client_of(dossier.submitter).get(reverse("dossiers:result", args=[dossier.code])).content.decode()
    assert "Hồ sơ này có nhiều giấy" in mine and f"?giay={notice.pk}" in mine
    for paper in (own, notice):
        assert (
            "còn giá trị"
            in client_of(desk.clerk).get(reverse("papers:verify_code", args=[paper.verification_code])).content.decode()
        )
    assert broken() == []


@pytest.mark.needs_pdf
def test_a_file_replaced_between_preview_and_signature_is_not_signed(desk, several):
    dossier = several
    draft(desk.officer, dossier, **{"so-do.file": a_pdf("cu")})
    take(desk.officer, dossier, "hand_over")
    shown = review_of(desk.signer, dossier).shown
    draft(desk.signer, dossier, **{"so-do.file": a_pdf("moi")})
    assert take(desk.signer, dossier, "approve", shown=shown).status_code == 422 and now(dossier).decided_at is None


@pytest.mark.needs_pdf
def test_one_of_several_papers_is_revoked_and_the_other_stays(desk, several, run_followups, signing_keys):
    draft(desk.officer, several, **{"so-do.file": a_pdf("so-do")})
    take(desk.officer, several, "hand_over")
    take(desk.signer, several, "approve", shown=review_of(desk.signer, several).shown)
    run_followups()
    revoke = {"action": "revoke", "note": "Cấp nhầm người.", "legal_ground": "Điều 21"}
    assert take(desk.signer, several, "correct_result", **revoke).status_code == 422  # which one?
    take(desk.signer, several, "correct_result", which=["giay"], **revoke)
    run_followups()
    assert [paper.state for paper in several.papers.filter(kind="result")] == ["revoked", "valid"]
    assert broken() == []


@pytest.mark.needs_pdf
def test_each_of_several_new_papers_is_shown_before_it_is_signed(desk, several, run_followups, signing_keys):
    draft(desk.officer, several, **{"so-do.file": a_pdf("so-do"), "the.number": "C 123"})
    take(desk.officer, several, "hand_over")
    take(desk.signer, several, "approve", shown=review_of(desk.signer, several).shown)
    run_followups()
    shown = client_of(desk.signer).get(page("correct_result", several))
    sheets = {sheet.key: sheet for sheet in shown.context["form"].sheets}
    keys = ["giay", drafting.NOTICE]
    assert all(f'value="{key}"' in shown.content.decode() for key in keys)
    typed = {line.name: line.text for sheet in sheets.values() for line in sheet.lines}
    typed |= {line.name: "Cà Thị Mới" for line in sheets["giay"].lines}
    typed |= {"action": "replace", "note": "Sai tên.", "which": keys}
    mended, other = (take(desk.signer, several, "correct_result", xem=key, **typed) for key in keys)
    assert "Cà Thị Mới" in text_of(mended.getvalue()) and "C 123" in text_of(other.getvalue())
    not_chosen = take(desk.signer, several, "correct_result", xem=keys[1], **(typed | {"which": keys[:1]}))
    assert not_chosen.status_code == 422 and "chưa được chọn" in not_chosen.content.decode()
    assert not several.events.filter(step="correct_result").exists()


@pytest.mark.needs_pdf
def test_what_was_revoked_before_it_was_delivered_is_not_called_a_result(desk, run_followups, signing_keys):
    dossier = desk.approved(delivery_way="counter")
    run_followups()
    take(desk.signer, dossier, "correct_result", action="revoke", note="Cấp nhầm người.", legal_ground="Điều 21")
    run_followups()
    take(desk.clerk, dossier, "deliver", **factories.SIGNED)
    delivered = dossier.events.select_related("text").last()
    assert workflow.sentence_of(delivered) == "Đã trả quyết định thu hồi kết quả"
    told = dossier.submitter.inbox.filter(key=f"event:{delivered.pk}", channel="inbox").get()
    assert told.subject.startswith("Kết quả đã bị thu hồi") and "sẵn sàng" not in told.subject
    mine = client_of(dossier.submitter).get(reverse("dossiers:detail", args=[dossier.code])).content.decode()
    assert "Đã trả quyết định thu hồi kết quả" in mine


# ---------------------------------------------------------------- signing several dossiers
def test_a_batch_is_signed_one_by_one_and_tells_what_became_of_each(desk):
    read, unread, changed = desk.to_sign(), desk.to_sign(), desk.to_sign()
    client, address = client_of(desk.signer), reverse("desk:sign")
    rows = {row["dossier"].pk: row for row in client.get(address).context["rows"]}
    assert set(rows) == {read.pk, unread.pk, changed.pk}
    result_drafts.note_seen(read, desk.signer, rows[read.pk]["shown"], "confirmation")
    key, _name = names(changed)
    factories.drafted(changed, desk.signer, **{key: "Người Khác"})
    post = {f"shown-{row['dossier'].code}": row["shown"] for row in rows.values()}
    answer = client.post(address, {"hs": [read.code, unread.code, changed.code, "H18.X999-261129-0001"], **post}, follow=True)

    told = {row["code"]: (row["ok"], row["said"]) for row in answer.context["last"]}
    assert told[read.code] == (True, "Đã duyệt.")
    assert told[unread.code] == (True, "Đã duyệt. Nhật ký ghi: 1 giấy chưa mở xem.")
    assert told[changed.code][0] is False and "Bản soạn đã đổi" in told[changed.code][1]
    assert told["H18.X999-261129-0001"][0] is False and len(told) == 4
    assert event_of(read, "approve")["read"]["confirmation"] and event_of(unread, "approve")["read"] == {"confirmation": None}
    assert answer.context["progress"] == {"done": 0, "all": 2}
    assert now(changed).decided_at is None and [row["dossier"] for row in answer.context["rows"]] == [changed]


def test_only_signers_find_the_batch_and_only_of_their_own_body(desk):
    dossier = desk.to_sign()
    address = reverse("desk:sign")
    for other in (desk.officer, desk.clerk, desk.head):
        assert client_of(other).get(address).status_code == 404
    stranger = client_of(factories.user(signer="H18.X005.CA"))
    assert not stranger.get(address).context["rows"]
    answer = stranger.post(address, {"hs": [dossier.code], f"shown-{dossier.code}": factories.shown(dossier)}, follow=True)
    assert [row["ok"] for row in answer.context["last"]] == [False] and now(dossier).decided_at is None


def test_the_batch_costs_the_same_whatever_the_number_of_rows(desk, django_assert_max_num_queries):
    for _n in range(4):
        desk.to_sign()
    client = client_of(desk.signer)
    client.get(reverse("desk:sign"))
    with django_assert_max_num_queries(22):
        assert len(client.get(reverse("desk:sign")).context["rows"]) == 4


# ---------------------------------------------------------------- at once
@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_make_one_decision(desk):
    dossier, second = desk.to_sign(), factories.user(signer=desk.lead)
    shown, start, told = factories.shown(dossier), threading.Barrier(2), []

    def sign(user):
        try:
            start.wait()
            workflow.advance(dossier, "approve", actor=factories.fresh(user), shown=shown)
            told.append("signed")
        except workflow.StepNotPossible as late:
            told.append(late.sentence())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign, args=[user]) for user in (desk.signer, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Hồ sơ đã có quyết định.", "signed"] and dossier.decisions.count() == 1
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_who_revoke_at_once_revoke_once(desk, run_followups, signing_keys):
    dossier, second = desk.approved(), factories.user(signer=desk.lead)
    from tests.dossiers.test_statements_of_steps import add_signed_paper

    add_signed_paper(dossier)
    dossier = workflow.advance(dossier, "issue", actor=workflow_job("issue"))
    start, told = threading.Barrier(2), []

    def revoke(user):
        try:
            start.wait()
            facts = {"action": "revoke", "note": "Cấp nhầm người.", "legal_ground": "Điều 21"}
            workflow.advance(dossier, "correct_result", actor=factories.fresh(user), **facts)
            told.append("revoked")
        except workflow.StepNotPossible:
            told.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=revoke, args=[user]) for user in (desk.signer, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["late", "revoked"]
    assert Dossier.objects.get(pk=dossier.pk).decisions.filter(outcome="revoked").count() == 1


def workflow_job(name):
    from accounts.roles import SystemActor

    return SystemActor(name)
