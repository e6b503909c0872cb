"""Made-up papers of the demo, drawn here: photographs, scans and PDFs that look like papers and say that they are none.

The same name gives the same picture. Every page bears the words of SAMPLE across it.
"""

import hashlib
import io
import random
import time
from functools import cache

from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageFont

from dossiers.files import pictures
from dossiers.files.checking import Checked

SAMPLE = "GIẤY TỜ MINH HỌA · DỮ LIỆU THỬ"
WHEN = time.gmtime(1_767_225_600)  # 2026-01-01, written into PDFs
PAGE = (820, 1160)  # pixels, about A4
CARD = (860, 542)
SMALL = (602, 379)  # as cards are photographed
INK, BLUE, RED = "#26262b", "#1d3a8a", "#b3202a"
HEADING = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc"]
LINES = [
    "Căn cứ hồ sơ lưu và đơn của người có tên trên;", "Xét đề nghị của công chức tư pháp – hộ tịch;",
    "Nội dung dưới đây được ghi theo sổ gốc đang lưu.", "Giấy này lập thành hai bản, mỗi bên giữ một bản.",
    "Người có tên trên chịu trách nhiệm về lời khai.", "Mọi sửa chữa phải có chữ ký xác nhận bên cạnh.",
]  # fmt: skip


def paper_of(title, name, *, number=0):
    """A picture or a PDF of the paper with this title, of the person with this name, as a checked file."""
    chance = random.Random(hashlib.sha256(f"{title}|{name}|{number}".encode()).digest())  # noqa: S311 - no secret
    if "căn cước" in title.lower() or "hộ chiếu" in title.lower():
        return _photograph(_card(title, name, chance).resize(SMALL), chance, "can-cuoc.jpg")
    page = _page(title, name, chance)
    if chance.random() < 0.35:
        return _scanned([page, _page(f"{title} (trang 2)", name, chance)], "ban-quet.pdf")
    if chance.random() < 0.5:
        return _photograph(page, chance, "anh-chup.jpg")
    return _checked(_jpeg(page), page, "ban-quet.jpg")


# ---------------------------------------------------------------- what stands on them
def _page(title, name, chance):
    page = Image.new("RGB", PAGE, "#fbf9f1")
    draw = ImageDraw.Draw(page)
    draw.rectangle((28, 28, PAGE[0] - 28, PAGE[1] - 28), outline=RED, width=3)
    for row, (text, style) in enumerate(zip(HEADING, ("Bold", "Italic"), strict=True)):
        _centred(draw, 70 + 34 * row, text, _font(style, 26))
    _centred(draw, 200, title[:40].upper(), _font("Bold", 34), RED)
    facts = [("Họ và tên", name), ("Ngày sinh", f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/{chance.randint(1950, 2005)}"),
             ("Nơi cư trú", "Tổ dân phố 7, phường Điện Biên Phủ"), ("Số", f"{chance.randint(1, 400)}/2026-TEST")]  # fmt: skip
    for row, (label, value) in enumerate(facts):
        draw.text((90, 300 + 58 * row), f"{label}:", INK, _font("Regular", 28))
        draw.text((270, 296 + 58 * row), value, BLUE, _font("BoldItalic", 31))
    for row, line in enumerate(chance.sample(LINES, 4)):
        draw.text((90, 560 + 48 * row), line, INK, _font("Regular", 27))
    draw.text((470, 800), f"Ngày {chance.randint(1, 28)} tháng {chance.randint(1, 10)} năm 2026", INK, _font("Italic", 25))
    _signature(draw, (520, 860), chance)
    _seal(draw, (450, 900))
    return _marked(page)


def _card(title, name, chance):
    card = Image.new("RGB", CARD, "#e3efe6")
    draw = ImageDraw.Draw(card)
    for row in range(0, CARD[1], 18):  # guilloche, more or less
        draw.arc((-200, row - 300, CARD[0] + 200, row + 300), 20, 160, "#cfe2d4")
    _centred(draw, 26, HEADING[0], _font("Bold", 24))
    _centred(draw, 70, "CĂN CƯỚC" if "căn cước" in title.lower() else "HỘ CHIẾU", _font("Bold", 40), RED)
    draw.rectangle((46, 150, 276, 450), fill="#c3cdd8", outline="#8a97a8", width=2)  # the photograph: a silhouette
    draw.ellipse((111, 190, 211, 310), fill="#7d8a9a")
    draw.pieslice((66, 310, 256, 590), 180, 360, fill="#7d8a9a")
    facts = ["Số: 0119 9900 " + f"{chance.randint(0, 9999):04d}", f"Họ và tên: {name}", "Quốc tịch: Việt Nam",
             f"Ngày sinh: {chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(1950, 2005)}"]  # fmt: skip
    for row, text in enumerate(facts):
        draw.text((310, 165 + 62 * row), text, INK, _font("Regular", 29))
    return _marked(card)


def _signature(draw, at, chance):
    points = [(at[0] + 12 * step, at[1] + chance.randint(-26, 26)) for step in range(14)]
    draw.line(points, BLUE, 3, joint="curve")


def _seal(draw, at):
    box = (at[0] - 84, at[1] - 84, at[0] + 84, at[1] + 84)
    draw.ellipse(box, outline=RED, width=5)
    draw.ellipse((box[0] + 16, box[1] + 16, box[2] - 16, box[3] - 16), outline=RED, width=2)
    draw.text(at, "DỮ LIỆU\nTHỬ", RED, _font("Bold", 25), anchor="mm", align="center")


def _marked(picture):
    """The picture with SAMPLE across it."""
    words = _sample(max(picture.size))
    left, top = (picture.width - words.width) // 2, (picture.height - words.height) // 2
    picture.paste(Image.new("RGB", words.size, RED), (left, top), words)
    return picture


@cache
def _sample(side):
    words = Image.new("L", (side, 70))
    ImageDraw.Draw(words).text((side // 2, 35), SAMPLE, 70, _font("Bold", 40), anchor="mm")
    return words.rotate(28, expand=True)


@cache
def _shade(size):
    """White at the top, three quarters of it at the foot."""
    shade = Image.linear_gradient("L").resize(size).point([255 - value // 4 for value in range(256)])
    return Image.merge("RGB", (shade, shade, shade))


def _centred(draw, top, text, font, colour=INK):
    draw.text((draw.im.size[0] // 2, top), text, colour, font, anchor="ma")


@cache
def _font(style, size):
    return ImageFont.truetype(settings.FONTS_DIR / f"Tinos-{style}.ttf", size)


# ---------------------------------------------------------------- how they came
def _photograph(paper, chance, file_name):
    """On a table, not quite straight, one side darker."""
    table = Image.new("RGB", (paper.width + 120, paper.height + 120), chance.choice(["#6b5440", "#4d5560", "#7a6a58"]))
    turned = paper.convert("RGBA").rotate(chance.uniform(-3.5, 3.5), Image.Resampling.BILINEAR, expand=True)
    table.paste(turned, ((table.width - turned.width) // 2, (table.height - turned.height) // 2), turned)
    lit = ImageChops.multiply(table, _shade(table.size))
    return _checked(_jpeg(lit), lit, file_name)


def _scanned(pages, file_name):
    """A grey scan of several pages in one PDF."""
    grey, out = [page.convert("L") for page in pages], io.BytesIO()
    grey[0].save(out, "PDF", save_all=True, append_images=grey[1:], resolution=100, creationDate=WHEN, modDate=WHEN)
    content = out.getvalue()
    return Checked(file_name, "application/pdf", content, len(pages), content, "application/pdf")


def _jpeg(picture):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=78)
    return out.getvalue()


def _checked(content, picture, file_name):
    return Checked(file_name, "image/jpeg", content, 1, content, "image/jpeg", thumbnail=pictures.thumbnail_of(picture.reduce(3)))
