"""The documents page of the wizard: several files for each document, refusals, viewing and removing."""

import pytest

from dossiers.files.changing import open_files
from dossiers.files.models import Attachment
from dossiers.files.receiving import check, receive
from tests import factories, world
from tests.dossiers.files.makers import pdf, picture
from tests.dossiers.pages import browse, step_url, title, upload, words

SINGLE = "1.004873"


@pytest.fixture
def draft(desk):
    """A draft with one required document: a letter of authority."""
    offered = world.offering(SINGLE, "H18.X004.HC", "H18.X004")
    answers = {**world.sample_answers("to_khai_xntthn"), "req_relation": "uy_quyen"}
    return factories.Desk("H18.X004.HC", "H18.X004").draft(
        code=SINGLE, answers=answers, asked={"xin_cap_lai": "khong", "priority_group": ""}, delivery_way=offered.delivery_ways[0]
    )


@pytest.fixture
def client(draft):
    return browse(draft.submitter)


def test_only_what_the_answers_call_for_is_asked_with_its_limits_beside(draft, client):
    text = words(client.get(step_url(draft, "giay-to")))
    assert "chỉ cần 1 loại giấy" in text and "Văn bản ủy quyền" in text
    assert "mỗi tệp tối đa 10 MB" in text
    assert "Giấy xác nhận đã cấp trước đó" not in text


def test_what_data_replace_is_said_so(draft, client):
    text = words(client.get(step_url(draft, "giay-to")))
    assert "Giấy không phải gửi" in text and "Đã có trong cơ sở dữ liệu quốc gia về dân cư" in text
    assert "Máy tự điền đúng mẫu" in text


def test_several_files_of_one_paper_come_in_their_order(draft, client):
    files = [upload("trang 1.jpg", picture()), upload("trang 2.pdf", pdf())]
    answer = client.post(step_url(draft, "giay-to"), {"tep-1.3": files, "gui": "1.3"})

    assert answer.status_code == 302
    rows = list(Attachment.objects.filter(dossier=draft))
    assert [(row.item_key, row.page, row.content_type) for row in rows] == [
        ("1.3", 1, "image/jpeg"),
        ("1.3", 2, "application/pdf"),
    ]
    page = client.get(step_url(draft, "giay-to"))
    assert "2 tệp" in words(page) and f'/giay-to/{rows[0].pk}/"' in page.content.decode()


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("rong.pdf", b"", "Tệp này trống"),
        ("thu.txt", b"hello", "Cổng nhận tệp PDF"),
        ("gia.pdf", b"MZ\x90\x00" * 50, "gia.pdf"),
        ("../../etc/passwd\u202egpj.jpg", b"\xff\xd8khong phai anh", "passwd"),
    ],
)
def test_a_bad_file_is_refused_in_plain_words_and_the_others_stay(draft, client, name, content, said):
    good = upload("tot.pdf", pdf())
    page = client.post(step_url(draft, "giay-to"), {"tep-1.3": [good, upload(name, content)], "gui": "1.3"})

    assert title(page).startswith("Có lỗi:")
    assert said in words(page) and "../" not in words(page)
    assert Attachment.objects.get(dossier=draft).name == "tot.pdf"


def test_a_file_over_the_limit_is_refused_with_its_size(draft, client, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    page = client.post(
        step_url(draft, "giay-to"), {"tep-1.3": upload("to.jpg", picture(size=(2000, 2000), quality=95)), "gui": "1.3"}
    )
    assert "Mỗi tệp tối đa" in words(page)
    assert not Attachment.objects.exists()


def test_a_required_paper_is_asked_for_before_going_on(draft, client):
    page = client.post(step_url(draft, "giay-to"))
    assert "Gửi ít nhất một tệp: Văn bản ủy quyền" in words(page)
    answer = client.post(step_url(draft, "giay-to"), {"tep-1.3": upload(content=pdf())})
    assert answer.url == step_url(draft, "xem-lai"), "files chosen are sent by the main button, too"


def test_a_file_is_taken_out_again(draft, client):
    row = factories.attachment(draft, "1.3")
    client.post(step_url(draft, "giay-to"), {"xoa": row.pk})
    assert not Attachment.objects.exists()


def test_a_file_of_another_dossier_is_not_taken_out(draft, client, desk):
    other = factories.attachment(desk.draft(), "khac")
    client.post(step_url(draft, "giay-to"), {"xoa": other.pk})
    client.post(step_url(draft, "giay-to"), {"xoa": "không phải số"})
    assert Attachment.objects.get() == other


def test_papers_nobody_asked_for_may_be_sent_too(draft, client):
    client.post(step_url(draft, "giay-to"), {"tep-khac": upload("y kien.pdf", pdf()), "gui": "khac"})
    page = client.post(step_url(draft, "giay-to"), {"tep-1.2": upload("khong hoi.pdf", pdf()), "gui": "1.2"})
    assert "khong hoi.pdf: Chưa nhận" in words(page)
    assert [row.item_key for row in draft.attachments.all()] == ["khac"], "what the answers do not call for is not taken in"


def test_the_page_says_the_limit_of_the_settings_and_its_form_keeps_to_it(draft, client, settings):
    assert "mỗi tệp tối đa 10 MB" in words(client.get(step_url(draft, "giay-to")))
    settings.MAX_UPLOAD_BYTES, settings.MAX_UPLOAD_FILES = 2 * 1024 * 1024, 1
    assert "mỗi tệp tối đa 2 MB" in words(client.get(step_url(draft, "giay-to")))
    chosen = [upload("mot.pdf", pdf()), upload("hai.pdf", pdf())]
    page = client.post(step_url(draft, "giay-to"), {"tep-1.3": chosen, "gui": "1.3"})
    assert "gửi nhiều nhất 1 tệp" in words(page) and Attachment.objects.get().name == "mot.pdf"


def test_there_is_an_end_to_the_files_of_one_paper(draft, settings):
    Attachment.objects.bulk_create(
        Attachment(
            dossier=draft,
            item_key="khac",
            name="a.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            storage_key=f"k{n}",
        )
        for n in range(settings.MAX_UPLOAD_FILES)
    )
    with open_files(draft) as files:
        received = receive(files, check("khac", [upload("them.pdf", pdf())], who=""))
    assert not received.taken and "nhiều nhất" in received.refused["khac"][0]
