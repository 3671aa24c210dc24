"""Files for tests: good ones, and ones that mean harm. HEIC is a constant, because nothing we ship can write it."""

from __future__ import annotations

import base64
import io
import random
from typing import Any

import pikepdf
import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SECRET = "secret-marker-7731"
GPS = {1: "N", 2: (31.0, 13.0, 0.0), 3: "E", 4: (121.0, 28.0, 0.0)}
# 360 x 480, from an "iPhone 15" with a place in its EXIF.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZhtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIA"
    "AQAAAAABvAABAAAAAAAAAegAAgAAAAADpAABAAAAAAAAALIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlm"
    "AAAAAA5waXRtAAAAAAABAAAA12lwcnAAAAC4aXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAP/AA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAP7oC"
    "QGEAAQAsQgEBA3AAAAMAkAAAAwAAAwA/oAtIB4WW6kkprm4CGgwIAAADAMgAAAMACEBiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUA"
    "AAAAAAABaAAAAeAAAAAQcGl4aQAAAAADCAgIAAAAF2lwbWEAAAAAAAAAAQABBIECAwQAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAqJtZGF0AAAB5CgB"
    "rwtEHqWJsOQ/E9I+YQOeXF/2IXmggSSX8hDbhFsdDce4Muezg42nOR7hBbnbgmjdP3zOtJA1awLasY6PM8FFH5bKBrSVzjFP5hytSe74AWrGDx5uOkKUA0QR"
    "kUgAREBHM4nQW0bRVgRzaR1+6wvx9UAmvp7yxunNBkQMRh9blELZiG1WsnBxVrq6svw6WNEJ0DTMb8BqzqMAc9VHLDxheBCIyu+5IBpqLdO8nJML309UiDF6"
    "VgB0wLWzR90eoNd66H8j17eduOdohJqxoQNhWwad8k1IWcORx6ieVKRXriP13a2Ug03fO8UCcXwtdQskHpp1fXnmVDDbNm872McMvXaRCiASEJ2P2gafOxlS"
    "vaKXdrQwf45Nski/CDJbySslsn9ILJeMjYHjDNzSU+qqbGZNi+7FMsE1UESCXPCk1gRUjFd2rksgAAY0jbIG1CDuFkLmuzc7yY3UPgAeYo/w3W+AOpFSJIH/"
    "6tTX3ybysLx7PPXX/+4p4l/VKHgkX6aBWx0PK8wWeqOXoKvYF6II7wAHvAAAAwDiPp9lKTLUkqguhxLpfBnOFeTYDDwd5ncio6faduSRhbS+3kz0wz4A2FeJ"
    "oHiEXYd4WIiraJJxKB6uEJoAAAMACFTz4A0YAAADAzIAAAAGRXhpZgAATU0AKgAAAAgAAwEPAAIAAAAGAAAAMgEQAAIAAAAKAAAAOIglAAQAAAABAAAAQgAA"
    "AABBcHBsZQBpUGhvbmUgMTUAAAQAAQACAAAAAk4AAAAAAgAFAAAAAwAAAHgAAwACAAAAAkUAAAAABAAFAAAAAwAAAJAAAAAAAAAAHwAAAAEAAAANAAAAAQAA"
    "AAAAAAABAAAAeQAAAAEAAAAcAAAAAQAAAAAAAAAB"
)


def drawing(size: tuple[int, int] = (400, 600), colour: tuple[int, int, int] = (30, 120, 200), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, colour)
    image.paste((200, 60, 20), (0, 0, size[0] // 2, size[1] // 4))
    return image.convert(mode)


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, format_, **options)
    return target.getvalue()


def exif(orientation: int = 1) -> bytes:
    told = Image.Exif()
    told[0x0112], told[0x010F], told[0x013B] = orientation, "Apple", SECRET
    told[0x8825] = GPS
    return told.tobytes()


def png(colour: tuple[int, int, int] = (30, 120, 200), size: tuple[int, int] = (400, 600)) -> bytes:
    return encoded(drawing(size, colour), "PNG")


def noise(seed: int, side: int = 350) -> bytes:
    """A PNG that no encoder makes smaller: about three bytes a pixel."""
    return encoded(Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3)), "PNG")


def jpeg(size: tuple[int, int] = (400, 600), orientation: int = 1) -> bytes:
    return encoded(drawing(size), "JPEG", exif=exif(orientation), comment=SECRET.encode())


def webp() -> bytes:
    return encoded(drawing(), "WEBP", exif=exif())


def png_with_text() -> bytes:
    info = PngInfo()
    info.add_text("Comment", SECRET)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    return encoded(drawing(), "PNG", pnginfo=info, exif=exif())


def bomb() -> bytes:
    """9 kB that would be 81 million pixels."""
    return encoded(Image.new("1", (9000, 9000)), "PNG")


def pdf(pages: int = 1, **save: Any) -> bytes:
    document = pikepdf.new()
    for _number in range(pages):
        document.add_blank_page(page_size=(595, 842))
    return _written(document, **save)


def locked_pdf(user: str = "geheim") -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


def armed_pdf() -> bytes:
    """Scripts, a launch action, a form, an attached file and a talkative author: one of each."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(f"app.alert('{SECRET}')"))
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 100, 100], A=document.make_indirect(launch))
    page.obj.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(link)]))
    page.obj.AA = pikepdf.Dictionary(O=script)
    document.Root.OpenAction = document.make_indirect(script)
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script])))
    document.attachments["payload.exe"] = pikepdf.AttachedFileSpec(document, SECRET.encode() * 4)
    document.docinfo["/Author"] = SECRET
    return _written(document)


def _written(document: pikepdf.Pdf, **save: Any) -> bytes:
    target = io.BytesIO()
    document.save(target, **save)
    return target.getvalue()


def file(data: bytes, name: str = "photo.jpg", declared: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=declared)


def pdf_text(data: bytes) -> str:
    """Of every page, in one line: where a paragraph breaks does not matter."""
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "".join("".join(pages).split("\r\n"))
