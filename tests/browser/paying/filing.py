"""Filling in the criminal record (3.000333) in a browser, page by page."""

from tests.browser_support import click_and_wait

ANSWERS = {
    "nguoi_nop": {"on_behalf": "ban_than"},
    "ten_khac_noi_sinh_dan_toc": {"ap_ethnicity": "01"},
    "cha_me_vo_chong": {
        "parents_spouse-0-relation": "me",
        "parents_spouse-0-full_name": "Huỳnh Thị Tuyết Nhạn",
        "parents_spouse-0-birth_date-nam": "1961",
    },
    "qua_trinh_cu_tru": {
        "history-0-from": "03/2004",
        "history-0-place": "Phường Điện Biên Phủ, tỉnh Điện Biên",
        "history-0-job": "Giáo viên",
    },
    "loai_phieu": {"purpose": "Xin việc làm", "card_type": "so_1"},
    "cam_dam_nhiem_chuc_vu": {"ban_info": "khong"},
    "so-luong": {"priority_group": "khong"},
    "cach-nhan": {"delivery_way": "account"},
}


def fill_in(page):
    """From the first page to the review. What the portal knows of the citizen is there already, and not typed again."""
    for _page in range(15):
        step = page.url.rstrip("/").rpartition("/")[2]
        if step == "xem-lai":
            return
        for name, value in ANSWERS.get(step, {}).items():
            _answer(page.locator(f"[name={name}]"), value)
        click_and_wait(page.get_by_role("button", name="Lưu và đi tiếp").last)
    raise AssertionError(f"never came to the review, stands at {page.url}")


def _answer(field, value):
    kind = field.first.evaluate("field => field.type")
    if kind == "radio":
        field.and_(field.page.locator(f"[value={value}]")).check()
    elif kind == "select-one":
        field.select_option(value)
    else:
        field.fill(value)
