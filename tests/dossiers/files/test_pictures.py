"""A redrawn picture shows what came in, whatever kind of picture that is."""

import io
import statistics
import zlib

import pytest
from PIL import Image, ImageCms

from dossiers.files import pictures
from dossiers.files.checking import check_upload
from portal.common.sandbox_child import Refused
from tests.dossiers.files.makers import HEIC, HEIC_OF_AN_IPHONE, saved, written_page

INK = written_page().point(lambda value: 255 if value < 100 else 0)


def on_nothing(colour):
    """The written page in this colour on a transparent ground."""
    page = Image.new("RGBA", INK.size, (255, 255, 255, 0))
    page.paste(colour, mask=INK)
    return page


def profile(name):
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def redrawn(data):
    """(clean copy as a picture, thumbnail), as the child makes them, in this process."""
    __, copy, thumbnail = pictures.redraw(data, 10**8, 10**8)
    return Image.open(io.BytesIO(copy)), thumbnail


def shown(data):
    """The clean copy as grey values, small."""
    copy = redrawn(data)[0].convert("L")
    return list(copy.resize((60, 45), Image.Resampling.BOX).get_flattened_data())


EXPECTED = list(written_page().resize((60, 45), Image.Resampling.BOX).get_flattened_data())


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: saved(written_page("I;16")), id="16-bit grey"),
        pytest.param(lambda: saved(written_page("1")), id="1 bit"),
        pytest.param(lambda: saved(written_page().resize((4000, 3000)).convert("1")), id="1 bit, scaled down"),
        pytest.param(lambda: saved(written_page("CMYK"), "JPEG"), id="CMYK"),
        pytest.param(lambda: saved(written_page("P")), id="palette"),
        pytest.param(lambda: saved(on_nothing((0, 0, 0, 255)).quantize(16)), id="palette with alpha"),
        pytest.param(lambda: saved(on_nothing((0, 0, 0, 255)).convert("LA")), id="grey with alpha"),
        pytest.param(lambda: saved(written_page("L"), transparency=250), id="one grey is transparent"),
        pytest.param(lambda: saved(on_nothing((0, 0, 0, 255)), "WEBP", lossless=True), id="WebP with alpha"),
        pytest.param(lambda: saved(written_page("RGB"), "JPEG", icc_profile=profile("sRGB")), id="profile"),
        pytest.param(lambda: saved(written_page("RGB"), "JPEG", icc_profile=b"no profile" * 30), id="broken profile"),
        pytest.param(lambda: saved(written_page("RGB"), "JPEG", icc_profile=profile("LAB")), id="profile of another kind"),
    ],
)
def test_the_page_is_still_written_on(make):
    assert statistics.correlation(shown(make()), EXPECTED) > 0.9


def test_white_ink_on_nothing_does_not_become_a_white_sheet():
    values = shown(saved(on_nothing((255, 255, 255, 255))))
    assert max(values) - min(values) > 100


def test_a_photo_in_heic_becomes_a_jpeg_with_its_right_name():
    checked = check_upload(HEIC, "IMG_0042.HEIC")
    assert (checked.name, checked.media_type, checked.original_type) == ("IMG_0042.jpg", "image/jpeg", "image/heic")
    copy = Image.open(io.BytesIO(checked.content)).convert("RGB")
    assert copy.size == (120, 80)
    assert max(copy.getpixel((30, 40))) < 40 and copy.getpixel((90, 40))[0] > 150 and min(copy.getpixel((5, 5))) > 230


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_turned_upright(kind):
    exif = Image.Exif()
    exif[pictures.ORIENTATION] = 6
    copy, __ = redrawn(saved(written_page("RGB"), kind, exif=exif))
    assert copy.size == (450, 600)


def test_a_picture_that_comes_out_wrong_is_refused_without_blame(monkeypatch):
    monkeypatch.setattr(pictures, "_eight_bits", lambda picture: Image.new("L", picture.size, 255))
    with pytest.raises(Refused, match="not_faithful"):
        pictures.redraw(saved(written_page("I;16")), 10**8, 10**8)


def test_a_sheet_of_one_colour_is_no_mistake():
    assert set(shown(saved(Image.new("L", (300, 200), 255)))) == {255}
    assert set(shown(saved(Image.new("I;16", (300, 200), 30000)))) == {117}


@pytest.mark.parametrize("page", [written_page("RGB"), Image.effect_noise((900, 900), 120)])
def test_its_thumbnail_is_small(page):
    thumbnail = redrawn(saved(page, "JPEG"))[1]
    assert len(thumbnail) <= 8192 and max(Image.open(io.BytesIO(thumbnail)).size) <= 240


def test_a_photo_of_an_iphone_is_put_together_and_turned_once():
    copy, thumbnail = redrawn(HEIC_OF_AN_IPHONE)
    assert copy.size == (96, 120) and thumbnail
    red = [(x, y) for x in range(0, 96, 4) for y in range(0, 120, 4) if copy.getpixel((x, y))[0] - copy.getpixel((x, y))[2] > 70]
    assert red and all(x > 48 and y < 60 for x, y in red), "the red corner is on the right when the phone is upright"


# files that are not well formed -----------------------------------------------------------------------------------------
PAGE = written_page("RGB", (800, 600))
JPEG, PROGRESSIVE, PNG = saved(PAGE, "JPEG"), saved(PAGE, "JPEG", progressive=True), saved(PAGE, "PNG")
IN_PARTS = saved(PAGE, "JPEG", restart_marker_rows=4)
NOISE = saved(Image.effect_noise((400, 300), 60), "PNG")


def with_a_wrong_check_sum(png):
    text = b"tEXtComment\0x"
    return png[:33] + (len(text) - 4).to_bytes(4, "big") + text + b"abcd" + png[33:]


@pytest.mark.parametrize(
    "data",
    [
        *(pytest.param(data[:-2], id=f"{name} without its end mark") for name, data in (
            ("JPEG", JPEG), ("progressive JPEG", PROGRESSIVE), ("JPEG in parts", IN_PARTS))),
        pytest.param(JPEG[:-1], id="half an end mark"),
        pytest.param(JPEG[:-2] + bytes(5000), id="zeros instead of the end mark"),
        pytest.param(PNG[:-12], id="PNG without its end"),
        pytest.param(NOISE[:-16], id="PNG without the check sum of its rows"),
        pytest.param(with_a_wrong_check_sum(PNG), id="PNG with a wrong check sum of a comment"),
    ],
)  # fmt: skip
def test_a_picture_with_all_its_rows_is_taken_though_its_end_is_missing(data):
    whole = {len(JPEG): JPEG}.get(len(data) + 2, data)
    copy, __ = redrawn(data)
    assert copy.size in ((800, 600), (400, 300)) and statistics.pstdev(shown(whole)) == pytest.approx(
        statistics.pstdev(shown(data)), 1
    )


@pytest.mark.parametrize("cut", [6, 10, 400, 0.5])
@pytest.mark.parametrize("data", [JPEG, IN_PARTS], ids=["JPEG", "JPEG in parts"])
def test_a_jpeg_with_rows_missing_is_refused_and_told_so(data, cut):
    rest = data[: -cut if cut >= 1 else len(data) // 2]
    for tail in (b"", bytes(len(data) - len(rest))):
        with pytest.raises(Refused, match="rows_missing"):
            pictures.redraw(rest + tail, 10**8, 10**8)


@pytest.mark.parametrize("data", [PROGRESSIVE[: len(PROGRESSIVE) * 3 // 4], PNG[: len(PNG) // 2], NOISE[:-30]])
def test_other_pictures_with_rows_missing_are_refused_too(data):
    with pytest.raises(Refused, match="rows_missing"):
        pictures.redraw(data, 10**8, 10**8)


def test_a_damaged_header_does_not_get_round_the_budget_of_pixels():
    huge = PNG[:16] + (60_000).to_bytes(4, "big") * 2 + PNG[24:29]
    huge += zlib.crc32(huge[12:29]).to_bytes(4, "big") + with_a_wrong_check_sum(PNG)[33:]
    with pytest.raises(Refused, match="too_many_pixels"):
        pictures.redraw(huge, 10**8, 10**8)
